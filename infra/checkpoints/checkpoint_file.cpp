#include "infra/checkpoints/checkpoint_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "infra/durable_files.hpp"

namespace infra {
namespace {

// Many times a note.
constexpr std::uint64_t end_bytes = 16 << 10;

}  // namespace

CheckpointFile::CheckpointFile(std::filesystem::path path, journal::ShardNumber shard,
                               const journal::NoteVerifier& verifier)
    : path_(std::move(path)) {
    std::filesystem::create_directories(path_.parent_path());
    file_ = open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    struct stat facts{};
    if (file_ < 0 || fstat(file_, &facts) != 0) fail("cannot be opened");
    try {
        size_ = static_cast<std::uint64_t>(facts.st_size);
        if (size_ == 0) sync_directory(path_.parent_path());
        if (size_ > 0) find_last(shard, verifier);
    } catch (...) {
        close(file_);
        throw;
    }
}

CheckpointFile::~CheckpointFile() { close(file_); }

void CheckpointFile::fail(std::string_view what) const {
    throw std::system_error(errno, std::generic_category(),
                            path_.string() + " " + std::string(what));
}

std::string CheckpointFile::read_end() const {
    std::string text(std::min(size_, end_bytes), '\0');
    const ssize_t got =
        pread(file_, text.data(), text.size(), static_cast<off_t>(size_ - text.size()));
    if (got != static_cast<ssize_t>(text.size())) fail("cannot be read");
    return text;
}

// From the end back. A note without the empty line behind it was torn, if it is none.
void CheckpointFile::find_last(journal::ShardNumber shard, const journal::NoteVerifier& verifier) {
    const std::string text = read_end();
    const std::string origin = verifier.name() + "/" + std::to_string(shard) + "\n";
    std::size_t torn = text.size();
    std::size_t begin = text.rfind(origin);
    while (begin != std::string::npos) {
        const auto note =
            journal::split_notes(std::string_view(text).substr(begin, torn - begin)).front();
        last_ = journal::open_checkpoint(note, verifier);
        const std::size_t end = begin + note.size();
        if (last_) return keep(size_ - text.size() + end, end + 1 == text.size());
        if (torn != text.size() || end < text.size()) break;
        torn = begin;
        begin = begin == 0 ? std::string::npos : text.rfind(origin, begin - 1);
    }
    const bool is_first_torn = size_ == text.size() && (torn == 0 || origin.starts_with(text));
    if (!is_first_torn) {
        throw std::runtime_error(path_.string() +
                                 " does not end with a checkpoint that the key of this "
                                 "installation signed");
    }
    cut(0);
}

void CheckpointFile::cut(std::uint64_t size) {
    if (ftruncate(file_, static_cast<off_t>(size)) != 0) fail("cannot be cut");
    size_ = size;
}

// The notes up to there, and the empty line behind them.
void CheckpointFile::keep(std::uint64_t size, bool is_whole) {
    if (is_whole) return;
    cut(size);
    if (!write_all(file_, "\n") || fsync(file_) != 0) fail("cannot be written");
    ++size_;
}

bool CheckpointFile::append(const journal::SignedCheckpoint& checkpoint) {
    const std::string text = checkpoint.note + "\n";
    if (!write_all(file_, text)) {
        if (errno != ENOSPC && errno != EDQUOT) fail("cannot be written");
        cut(size_);
        return false;
    }
    if (fsync(file_) != 0) fail("cannot be synced");
    size_ += text.size();
    last_ = checkpoint;
    return true;
}

}  // namespace infra
