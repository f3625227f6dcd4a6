#include "cli/keys_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "cli/exit_code.hpp"
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

// A new file that only its owner may read.
class PrivateFile {
public:
    explicit PrivateFile(const std::filesystem::path& path)
        : path_(path), file_(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
        if (file_ < 0) refuse("cannot make");
    }
    ~PrivateFile() { close(file_); }
    PrivateFile(const PrivateFile&) = delete;
    PrivateFile& operator=(const PrivateFile&) = delete;

    void add(const std::string& line) {
        constexpr std::size_t buffer_max = 64 << 10;
        text_ += line;
        text_ += '\n';
        if (text_.size() >= buffer_max) flush();
    }
    void sync() {
        flush();
        if (fsync(file_) != 0) refuse("cannot sync");
    }

private:
    void flush() {
        for (std::string_view left = text_; !left.empty();) {
            const auto written = write(file_, left.data(), left.size());
            if (written < 0) refuse("cannot write");
            left.remove_prefix(static_cast<std::size_t>(written));
        }
        text_.clear();
    }
    [[noreturn]] void refuse(const std::string& what) const {
        throw Exit(ExitCode::failure,
                   what + " " + path_.string() + ": " + std::generic_category().message(errno));
    }

    std::filesystem::path path_;
    int file_;
    std::string text_;
};

}  // namespace

void write_keys_file(const std::filesystem::path& path, const std::string& check,
                     infra::WrappedKeys& keys, std::span<const ShardEnd> ends) {
    PrivateFile file(path);
    file.add(codec::to_json(FirstLine{version, ends.size(), infra::to_base64(check)}));
    keys.each([&file](const infra::WrappedKey& key) {
        file.add(codec::to_json(PersonLine{key.person.tenant.text, key.person.user.text,
                                           infra::to_base64(key.bytes), key.credential}));
    });
    for (std::size_t shard = 0; shard < ends.size(); ++shard) {
        file.add(
            codec::to_json(ShardLine{shard, ends[shard].seq, journal::to_hex(ends[shard].head)}));
    }
    file.sync();
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
