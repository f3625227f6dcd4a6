#include "infra/journal/mark.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <sodium.h>

#include <bit>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace infra {
namespace {

constexpr std::string_view magic = "daybook1";
constexpr std::size_t slots = 3;
constexpr std::size_t hash_bytes = 16;
constexpr std::size_t page_bytes = 4096;
static_assert(std::endian::native == std::endian::little);

void append_number(std::string& text, std::uint64_t number) {
    text.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::uint64_t number_at(std::string_view text, std::size_t position) {
    std::uint64_t number = 0;
    std::memcpy(&number, text.data() + position, sizeof number);
    return number;
}

std::string hash_of(std::string_view text) {
    std::string hash(hash_bytes, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr,
                       0);
    return hash;
}

std::size_t text_bytes(std::size_t shards) {
    return magic.size() + 8 + 8 + shards * 16 + hash_bytes;
}

// Whole pages, so that a torn write never reaches into a neighbour.
std::size_t slot_bytes(std::size_t shards) {
    return (text_bytes(shards) + page_bytes - 1) / page_bytes * page_bytes;
}

std::string encode(std::uint64_t generation, const std::vector<ShardMark>& shards) {
    std::string text(magic);
    append_number(text, generation);
    append_number(text, shards.size());
    for (const ShardMark& shard : shards) {
        append_number(text, shard.acknowledged);
        append_number(text, shard.sealed);
    }
    return text + hash_of(text);
}

struct Slot {
    std::uint64_t generation = 0;
    std::vector<ShardMark> shards;
};

std::optional<Slot> decode(std::string_view text) {
    if (!text.starts_with(magic) || text.size() < text_bytes(0)) return std::nullopt;
    const std::uint64_t count = number_at(text, 16);
    if (count > text.size() / 16 || text.size() < text_bytes(count)) return std::nullopt;
    const std::size_t hashed = text_bytes(count) - hash_bytes;
    if (text.substr(hashed, hash_bytes) != hash_of(text.substr(0, hashed))) return std::nullopt;

    Slot slot{number_at(text, 8), {}};
    for (std::size_t i = 0; i < count; ++i) {
        slot.shards.push_back({number_at(text, 24 + i * 16), number_at(text, 32 + i * 16)});
    }
    return slot;
}

}  // namespace

void refuse_lost_mark(rocksdb::FileSystem& files, const std::filesystem::path& mark,
                      const std::filesystem::path& current) {
    const bool has_mark = files.FileExists(mark.string(), {}, nullptr).ok();
    const bool has_database = files.FileExists(current.string(), {}, nullptr).ok();
    if (has_mark || !has_database) return;
    throw std::runtime_error("there is " + current.parent_path().string() + ", but " +
                             mark.string() + ", its high-water mark, is missing");
}

Mark::Mark(std::shared_ptr<rocksdb::FileSystem> files, std::filesystem::path path,
           std::size_t shards)
    : files_(std::move(files)), path_(std::move(path)), shards_(shards) {
    if (files_->FileExists(path_.string(), {}, nullptr).IsNotFound()) make();

    std::string text;
    auto status = rocksdb::ReadFileToString(files_.get(), path_.string(), &text);
    if (status.ok()) {
        load(text);
        status = files_->NewRandomRWFile(path_.string(), {}, &file_, nullptr);
    }
    if (!status.ok()) {
        throw std::runtime_error("cannot open " + path_.string() + ": " + status.ToString());
    }
}

Mark::~Mark() = default;

void Mark::make() {
    // All pages are written now, so that a full disk cannot keep a later mark from being written.
    std::string text = encode(generation_, shards_);
    text.resize(slots * slot_bytes(shards_.size()));
    const std::string temporary = path_.string() + ".new";
    auto status = rocksdb::WriteStringToFile(files_.get(), text, temporary, true);
    if (status.ok()) status = files_->RenameFile(temporary, path_.string(), {}, nullptr);

    std::unique_ptr<rocksdb::FSDirectory> directory;
    const std::string parent = path_.parent_path().string();
    if (status.ok()) status = files_->NewDirectory(parent, {}, &directory, nullptr);
    if (status.ok()) status = directory->Fsync({}, nullptr);
    if (!status.ok()) {
        throw std::runtime_error("cannot make " + path_.string() + ": " + status.ToString());
    }
}

void Mark::load(const std::string& text) {
    std::optional<Slot> latest;
    // The number of shards may not be the one that was asked for; then the first slot says so.
    const auto first = decode(text);
    const std::size_t size = slot_bytes(first ? first->shards.size() : shards_.size());
    for (std::size_t i = 0; i < slots && i * size < text.size(); ++i) {
        auto slot = decode(std::string_view(text).substr(i * size, size));
        if (!slot || (latest && slot->generation <= latest->generation)) continue;
        latest = std::move(slot);
        slot_ = (i + 1) % slots;
    }
    if (!latest) {
        throw std::runtime_error(path_.string() +
                                 ", the high-water mark of the journal, is damaged");
    }
    generation_ = latest->generation;
    shards_ = std::move(latest->shards);
}

bool Mark::write(std::vector<ShardMark> shards) {
    shards_ = std::move(shards);
    const std::string text = encode(++generation_, shards_);
    const std::lock_guard lock(mutex_);
    dirty_ = true;
    return file_->Write(slot_ * slot_bytes(shards_.size()), text, {}, nullptr).ok();
}

bool Mark::sync() {
    {
        const std::lock_guard lock(mutex_);
        if (!dirty_) return true;
        dirty_ = false;
        slot_ = (slot_ + 1) % slots;
    }
    return file_->Sync({}, nullptr).ok();
}

}  // namespace infra
