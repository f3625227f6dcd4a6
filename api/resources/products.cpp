#include "api/resources/products.hpp"

#include "api/route_docs.hpp"
#include "commands/product.hpp"

namespace api {

using namespace domain;

std::vector<http::Route> product_routes(const Reads& read, const Writes& write) {
    using enum http::Verb;
    using enum Scope;
    constexpr Kind kind = Kind::products;
    return {
        {get, "/management/products", products_read, read.list(kind),
         lists(kind, "listProducts", "Products, the newest first.")},
        {post, "/management/products", products_write, write.command<CreateProduct>(),
         creates<CreateProduct>("createProduct", "Create a product.")},
        {get, "/management/products/{sku}", products_read, read.get(kind),
         gets(kind, "getProduct", "A product.")},
        {patch, "/management/products/{sku}", products_write, write.command<UpdateProduct>(),
         changes_version<UpdateProduct>("updateProduct",
                                        "Change a product by a JSON merge patch.")},
        {post, "/management/products/{sku}/publish", products_write,
         write.command<PublishProduct>(),
         changes<PublishProduct>("publishProduct", "Begin to sell a draft.")},
        {post, "/management/products/{sku}/archive", products_write,
         write.command<ArchiveProduct>(),
         changes<ArchiveProduct>("archiveProduct", "Stop selling it; access stays.")},
        {post, "/management/products/{sku}/restore", products_write,
         write.command<RestoreProduct>(),
         changes<RestoreProduct>("restoreProduct", "Sell it again.")},
    };
}

}  // namespace api
