// The OpenAPI document: small pieces byte by byte, and the whole of it by its structure.
#include "api/openapi.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cctype>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/schema.hpp"
#include "codec/reflect.hpp"
#include "domain/change.hpp"
#include "domain/ids.hpp"
#include "domain/personal.hpp"
#include "tests/api/house.hpp"

namespace api {
namespace {

using simdjson::dom::element;

enum class Colour : std::uint8_t { absent, red };
constexpr auto describe(const Colour*) { return domain::wire_names("", "RED"); }

struct Part {
    std::int64_t amount = 0;
};
constexpr auto describe(const Part*) {
    return domain::fields(
        domain::field<&Part::amount>("amount", "How much.").required().range(0, 9));
}

struct Thing {
    std::optional<domain::Sku> sku;
    Colour colour = Colour::red;
    std::vector<Part> parts;
    domain::Change<std::string> title;
    std::string note;
    int secret = 0;
};
constexpr auto describe(const Thing*) {
    return domain::fields(domain::field<&Thing::sku>("sku", "Which."),
                          domain::field<&Thing::colour>("colour", "Of it.").required(),
                          domain::field<&Thing::parts>("parts", "In it.").items(3),
                          domain::field<&Thing::title>("title", "On it.").required().length(1, 5),
                          domain::field<&Thing::note>("note", "About it.").length(0, 7),
                          domain::field<&Thing::secret>("secret", "Ours.").internal());
}

TEST(SchemaBook, GivesRequestsBoundsAndNullWhereItStandsForAbsence) {
    SchemaBook book;
    EXPECT_EQ(book.request({Schema::Shape::value, &codec::type_of<Thing>()}),
              R"({"$ref":"#/components/schemas/Thing"})");
    const std::string clean =
        R"("pattern":"^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f\\ufffe\\uffff]*$")";
    EXPECT_EQ(
        book.schemas().find("Thing")->second,
        R"({"type":"object","properties":{"sku":{"type":["string","null"],"format":"sku",)"
        R"("pattern":"^[A-Za-z0-9._-]+$","maxLength":128,"not":{"enum":[".",".."]},)"
        R"("description":"Which."},"colour":{"type":"string","enum":["RED"],)"
        R"("description":"Of it."},"parts":{"type":"array",)"
        R"("items":{"$ref":"#/components/schemas/Part"},"maxItems":3,"description":"In it."},)"
        R"("title":{"type":"string","minLength":1,"maxLength":5,)" +
            clean + R"(,"description":"On it."},"note":{"type":"string","minLength":0,)" +
            R"("maxLength":7,)" + clean + R"(,"description":"About it."}},)" +
            R"("required":["colour"],"additionalProperties":false})");
    EXPECT_EQ(book.schemas().find("Part")->second,
              R"({"type":"object","properties":{"amount":{"type":"integer","format":"int64",)"
              R"("minimum":0,"maximum":9,"description":"How much."}},"required":["amount"],)"
              R"("additionalProperties":false})");
}

TEST(SchemaBook, GivesResponsesAllMembersThatCannotBeEmpty) {
    SchemaBook book;
    book.response({Schema::Shape::resource, &codec::type_of<Thing>()});
    const std::string thing = book.schemas().find("Thing")->second;
    EXPECT_NE(thing.find(R"("required":["id","colour","parts","note","version","createdAt",)"
                         R"("updatedAt"]})"),
              std::string::npos)
        << thing;
    EXPECT_EQ(thing.find("secret"), std::string::npos);
    EXPECT_EQ(book.request({Schema::Shape::value, &codec::type_of<Part>()}),
              R"({"$ref":"#/components/schemas/PartInput"})");
}

class OpenApiTest : public ::testing::Test {
protected:
    OpenApiTest() : text(house.get("/openapi.json").body) {
        EXPECT_EQ(parser.parse(text).get(document), simdjson::SUCCESS);
    }
    // Every {"$ref": …} of the document, wherever it is.
    void collect_references(const element& value, std::set<std::string>& found) const {
        if (value.is_array()) {
            for (const element one : simdjson::dom::array(value)) collect_references(one, found);
        }
        if (!value.is_object()) return;
        for (const auto [key, one] : simdjson::dom::object(value)) {
            if (key == "$ref") found.insert(std::string(std::string_view(one)));
            collect_references(one, found);
        }
    }

    testing::House house;
    std::string text;
    simdjson::dom::parser parser;
    element document;
};

TEST_F(OpenApiTest, DescribesEveryRouteWithItsScopeAndAnswers) {
    std::set<std::string_view> operations;
    for (const http::Route& route : house.router().routes()) {
        SCOPED_TRACE(std::string(http::name(route.verb)) + " " + std::string(route.path));
        std::string verb(http::name(route.verb));
        for (char& c : verb) c = static_cast<char>(std::tolower(c));
        element operation;
        ASSERT_EQ(document["paths"][route.path][verb].get(operation), simdjson::SUCCESS);
        EXPECT_TRUE(operations.insert(route.doc.operation).second) << route.doc.operation;
        EXPECT_FALSE(route.doc.summary.empty());
        EXPECT_FALSE(route.doc.tag.empty());
        EXPECT_EQ(operation["requestBody"].error() == simdjson::SUCCESS,
                  route.doc.request != nullptr);
        std::string_view scope;
        const auto security = operation["security"].at(0)["apiKey"].at(0).get(scope);
        EXPECT_EQ(security == simdjson::SUCCESS, !route.access.is_public());
        if (route.access.scope()) EXPECT_EQ(scope, name(*route.access.scope()));
        const std::string success = std::to_string(static_cast<int>(route.doc.success));
        EXPECT_EQ(operation["responses"][success]["description"].error(), simdjson::SUCCESS);
        EXPECT_EQ(operation["responses"]["400"].error(), simdjson::SUCCESS);
    }
}

TEST_F(OpenApiTest, SaysTheScopesThatAreChecked) {
    for (const http::Route& route : house.router().routes()) {
        // The tables of the state machines are documentation: they say nothing of anybody.
        const bool is_management =
            route.path.starts_with("/management/") && route.path != "/management/state-machines";
        EXPECT_EQ(route.access.is_public(), !is_management) << route.path;
        if (!route.access.scope()) continue;
        const std::string_view scope = name(*route.access.scope());
        // What tells all about a person, or ends that, has a scope of its own.
        const bool is_of_person =
            scope == "users:password" || scope == "users:erase" || scope == "customers:read";
        if (is_of_person) {
            EXPECT_EQ(route.doc.tag, "users") << route.path;
            continue;
        }
        const bool only_reads = route.verb == http::Verb::get || route.doc.is_preview ||
                                route.path == "/management/entitlements/check";
        EXPECT_EQ(scope.substr(scope.find(':')), only_reads ? ":read" : ":write") << route.path;
        // What was is for auditors, whatever it was about.
        if (scope == "audit:read" && route.path.ends_with("/history")) continue;
        EXPECT_EQ(scope.substr(0, scope.find(':')), route.doc.tag) << route.path;
    }
}

TEST_F(OpenApiTest, HasAllThatItRefersTo) {
    std::set<std::string> references;
    collect_references(document, references);
    EXPECT_TRUE(references.contains("#/components/schemas/Bill"));
    EXPECT_TRUE(references.contains("#/components/schemas/CreateBill"));
    EXPECT_TRUE(references.contains("#/components/responses/Problem"));
    for (const std::string& reference : references) {
        EXPECT_EQ(document.at_pointer(reference.substr(1)).error(), simdjson::SUCCESS) << reference;
    }
}

TEST_F(OpenApiTest, SaysWhereAVersionMustBeNamed) {
    const auto declares = [&](std::string_view path, std::string_view verb,
                              std::string_view status) {
        return document["paths"][path][verb]["responses"][status].error() == simdjson::SUCCESS;
    };
    EXPECT_TRUE(declares("/management/bills/{id}", "patch", "428"));
    EXPECT_TRUE(declares("/management/products/{sku}", "patch", "428"));
    EXPECT_TRUE(declares("/management/contracts/{id}/change", "post", "428"));
    EXPECT_FALSE(declares("/management/bills/preview", "post", "412"));
    EXPECT_FALSE(declares("/management/vendors/{id}", "patch", "428"));
    EXPECT_TRUE(declares("/management/vendors/{id}", "patch", "412"));
    EXPECT_FALSE(declares("/management/vendors", "post", "412"));
}

TEST_F(OpenApiTest, ThePageLoadsFromThisServerOnly) {
    const auto page = house.get("/docs");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body.find("http"), std::string::npos);
    const std::string_view policy = page.field("Content-Security-Policy");
    EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self';")) << policy;
    for (const std::string path :
         {"/docs/start.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"}) {
        EXPECT_NE(page.body.find('"' + path + '"'), std::string::npos) << path;
        EXPECT_EQ(house.get(path).status, 200) << path;
    }
}

TEST_F(OpenApiTest, ThePageOfStateMachinesLoadsFromThisServerOnly) {
    const auto page = house.get("/docs/state-machines");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body.find("http"), std::string::npos);
    EXPECT_NE(page.body.find("\"/docs/state-machines.js\""), std::string::npos);
    const auto script = house.get("/docs/state-machines.js");
    EXPECT_EQ(script.status, 200);
    EXPECT_NE(script.body.find("\"/management/state-machines\""), std::string::npos);
}

}  // namespace
}  // namespace api
