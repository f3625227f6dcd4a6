#include "cli/keys_file.hpp"

#include <optional>

#include "cli/exit_code.hpp"
#include "cli/private_file.hpp"
#include "infra/keys/sealing.hpp"

namespace cli {
namespace {

constexpr std::size_t part_max = 1000;
constexpr std::uint64_t version = 1;

struct FirstLine {
    std::uint64_t v = 0;
    std::uint64_t shards = 0;
    std::string check;
};
constexpr auto describe(const FirstLine*) {
    using domain::field;
    return domain::fields(field<&FirstLine::v>("v", ""), field<&FirstLine::shards>("shards", ""),
                          field<&FirstLine::check>("check", ""));
}

struct PersonLine {
    std::string tenant;
    std::string user;
    std::string key;
    std::optional<domain::CredentialId> credential;
};
constexpr auto describe(const PersonLine*) {
    using domain::field;
    return domain::fields(field<&PersonLine::tenant>("tenant", ""),
                          field<&PersonLine::user>("user", ""), field<&PersonLine::key>("key", ""),
                          field<&PersonLine::credential>("credential", ""));
}

struct ShardLine {
    std::uint64_t shard = 0;
    std::uint64_t seq = 0;
    std::string head;
};
constexpr auto describe(const ShardLine*) {
    using domain::field;
    return domain::fields(field<&ShardLine::shard>("shard", ""), field<&ShardLine::seq>("seq", ""),
                          field<&ShardLine::head>("head", ""));
}

}  // namespace

StoredFile write_keys_file(const std::filesystem::path& path, const std::string& check,
                           infra::WrappedKeys& keys, std::span<const ShardEnd> ends,
                           std::vector<journal::Person>* erased) {
    PrivateFile file(path);
    file.add(codec::to_json(FirstLine{version, ends.size(), infra::to_base64(check)}));
    keys.each([&](const infra::WrappedKey& key) {
        if (erased != nullptr && !key.credential && key.bytes.empty()) {
            erased->push_back(key.person);
        }
        file.add(codec::to_json(PersonLine{key.person.tenant.text, key.person.user.text,
                                           infra::to_base64(key.bytes), key.credential}));
    });
    for (std::size_t shard = 0; shard < ends.size(); ++shard) {
        file.add(
            codec::to_json(ShardLine{shard, ends[shard].seq, journal::to_hex(ends[shard].head)}));
    }
    return file.finish();
}

KeysFile::KeysFile(const std::filesystem::path& path) : path_(path), file_(path) {
    if (!file_) throw Exit(ExitCode::failure, "cannot read the file of keys " + path.string());
    FirstLine first;
    if (!codec::read_stored(next_line(), first)) refuse("is no such file");
    if (first.v != version) refuse("is of a newer version");
    const auto check = infra::from_base64(first.check);
    if (!check) refuse("is damaged");
    shards_ = static_cast<journal::ShardNumber>(first.shards);
    check_ = *check;
}

std::vector<ShardEnd> KeysFile::read(
    const std::function<void(std::span<const infra::WrappedKey>)>& use) {
    std::vector<infra::WrappedKey> part;
    std::string line = next_line();
    for (; line.starts_with(R"({"tenant")"); line = next_line()) {
        PersonLine person;
        const bool is_read = codec::read_stored(line, person);
        auto key = infra::from_base64(person.key);
        if (!is_read || !key) refuse("is damaged");
        part.push_back({{domain::TenantId{person.tenant}, domain::UserId{person.user}},
                        *std::move(key),
                        std::move(person.credential)});
        if (part.size() < part_max) continue;
        use(part);
        part.clear();
    }
    if (!part.empty()) use(part);
    std::vector<ShardEnd> ends;
    while (true) {
        ShardLine shard;
        const bool is_read = codec::read_stored(line, shard);
        const auto head = journal::parse_hash(shard.head);
        if (!is_read || !head || shard.shard != ends.size()) refuse("is damaged");
        ends.push_back({shard.seq, *head});
        if (ends.size() == shards_) return ends;
        line = next_line();
    }
}

std::string KeysFile::next_line() {
    std::string line;
    ++line_;
    // A line without an end was cut.
    if (!std::getline(file_, line) || file_.eof()) refuse("was cut");
    return line;
}

void KeysFile::refuse(const std::string& why) const {
    throw Exit(ExitCode::data, "the file of keys " + path_.string() + ", line " +
                                   std::to_string(line_) + ": it " + why);
}

}  // namespace cli
