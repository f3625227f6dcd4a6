// Damaged files: the journal refuses to open or to read, or nothing acknowledged is missing.
#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "infra/journal/embedded_journal.hpp"
#include "infra/journal/mark.hpp"
#include "tests/support/fault_file_system.hpp"
#include "tests/support/memory_directory.hpp"

namespace tests {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t record_count = 600;

infra::EmbeddedJournalOptions options_for(const fs::path& directory) {
    infra::EmbeddedJournalOptions options;
    options.directory = directory;
    options.write_buffer_bytes = 256 << 10;
    options.tail_bytes_max = 0;  // All is read from the files.
    return options;
}

std::string text_of(std::size_t i) {
    std::string text = std::to_string(i) + ' ';
    // Not to be compressed, so that there is much to damage.
    std::uint64_t number = i + 1;
    while (text.size() < 1000) {
        number = number * 6364136223846793005ULL + 1442695040888963407ULL;
        text += static_cast<char>(number >> 56);
    }
    return text;
}

fs::path oldest_log(const fs::path& directory) {
    fs::path oldest;
    for (const auto& entry : fs::directory_iterator(directory / "log")) {
        if (entry.path().extension() != ".log") continue;
        if (oldest.empty() || entry.path() < oldest) oldest = entry.path();
    }
    return oldest;
}

void fill(infra::EmbeddedJournal& log, const fs::path& directory) {
    const auto session = log.open_session(0);
    const fs::path first_log = oldest_log(directory);
    for (std::size_t i = 1; i <= record_count; ++i) {
        // What it held is in a table by then, which the manifest names.
        while (i == record_count && fs::exists(first_log)) std::this_thread::yield();
        session->append({std::make_shared<const std::string>(text_of(i))});
        // The last record is a batch of its own.
        if (i % 20 != 0 && i + 1 < record_count) continue;
        while (log.end(0) < i) std::this_thread::yield();
    }
}

std::string contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void overwrite(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

// The files of a journal whose process was killed: some of it is in SSTs, the rest in the WAL.
class DamagedFiles : public testing::Test {
protected:
    DamagedFiles() {
        const auto disk = std::make_shared<support::FaultFileSystem>();
        auto options = options_for(killed_);
        options.files = disk;
        auto log = std::make_unique<infra::EmbeddedJournal>(options);
        fill(*log, killed_);
        // Flushing is done behind our backs; copying needs it to be at rest.
        disk->power_off();
        fs::copy(killed_, copied_, fs::copy_options::recursive);
        log.reset();
    }

    // Why the copy refuses; nothing if it gives all that was acknowledged.
    static std::string refusal(const fs::path& directory) {
        std::string said;
        auto options = options_for(directory);
        options.report = [&](std::string_view line) { said = line; };
        try {
            infra::EmbeddedJournal log(options);
            journal::Offset after = 0;
            while (after < record_count) {
                const auto some = log.read(0, after, 100'000);
                if (!some) {
                    EXPECT_EQ(some.error(), journal::JournalError::broken);
                    EXPECT_NE(said.find("offset "), std::string::npos) << said;
                    EXPECT_EQ(log.state(), infra::JournalState::broken);
                    return said;
                }
                if (some->empty()) return "SILENT: ends at " + std::to_string(after);
                for (const auto& record : *some) {
                    ++after;
                    if (record.offset == after && *record.bytes == text_of(after)) continue;
                    return "SILENT: another record at " + std::to_string(after);
                }
            }
        } catch (const std::runtime_error& failure) {
            return failure.what();
        }
        return {};
    }

    template <class Damage>
    void never_silent(const std::string& extension, Damage damage) {
        int files = 0;
        int refused = 0;
        for (const auto& entry : fs::recursive_directory_iterator(copied_)) {
            if (!entry.is_regular_file() || entry.path().extension() != extension) continue;
            ++files;
            const std::string whole = contents(entry.path());
            if (whole.empty()) continue;
            for (std::size_t percent = 0; percent < 100; ++percent) {
                const support::MemoryDirectory scratch;
                const fs::path trial = scratch.path() / "journal";
                fs::copy(copied_, trial, fs::copy_options::recursive);
                std::string damaged = whole;
                damage(damaged, whole.size() * percent / 100);
                overwrite(trial / entry.path().lexically_relative(copied_), damaged);
                const std::string said = refusal(trial);
                EXPECT_FALSE(said.starts_with("SILENT"))
                    << entry.path().filename() << " at " << percent << " %: " << said;
                if (!said.empty()) ++refused;
            }
        }
        EXPECT_GT(files, 0);
        EXPECT_GT(refused, 0);
    }

    static void flip(std::string& text, std::size_t at) {
        text[at] = static_cast<char>(text[at] ^ 0x10);
    }
    static void cut(std::string& text, std::size_t at) { text.resize(at); }

    support::MemoryDirectory directory_;
    fs::path killed_ = directory_.path() / "killed";
    fs::path copied_ = directory_.path() / "copied";
};

TEST_F(DamagedFiles, TheWholeCopyIsReadToTheEnd) { EXPECT_EQ(refusal(copied_), ""); }

TEST_F(DamagedFiles, AFlippedByteOfTheLogIsNeverSilent) { never_silent(".log", flip); }
TEST_F(DamagedFiles, ACutLogIsNeverSilent) { never_silent(".log", cut); }
TEST_F(DamagedFiles, AFlippedByteOfATableIsNeverSilent) { never_silent(".sst", flip); }
TEST_F(DamagedFiles, ACutTableIsNeverSilent) { never_silent(".sst", cut); }

// The manifest and CURRENT have no extension.
TEST_F(DamagedFiles, AFlippedByteOfTheManifestIsNeverSilentSlow) { never_silent("", flip); }
TEST_F(DamagedFiles, ACutManifestIsNeverSilentSlow) { never_silent("", cut); }

TEST_F(DamagedFiles, ALogShorterThanItsMarkIsRefusedAndNamesTheFirstThatIsMissing) {
    fs::path last;
    for (const auto& entry : fs::directory_iterator(copied_ / "log")) {
        if (entry.path().extension() == ".log" && entry.path() > last) last = entry.path();
    }
    ASSERT_FALSE(last.empty());
    const auto size = fs::file_size(last);
    ASSERT_GT(size, 0U);
    fs::resize_file(last, size - 1);
    const std::string said = refusal(copied_);
    EXPECT_NE(said.find("offset 600 of shard 0 is missing"), std::string::npos) << said;
    EXPECT_NE(said.find("acknowledged"), std::string::npos) << said;
    // Refusing has changed nothing: it is refused again.
    EXPECT_EQ(refusal(copied_), said);
    EXPECT_EQ(fs::file_size(last), size - 1);
}

TEST_F(DamagedFiles, ALogWithoutItsMarkIsRefused) {
    fs::remove(copied_ / "mark");
    EXPECT_NE(refusal(copied_).find("is missing"), std::string::npos);
    EXPECT_NE(refusal(copied_).find("is missing"), std::string::npos);
}

TEST_F(DamagedFiles, AMarkWithoutItsLogIsRefused) {
    fs::remove_all(copied_ / "log");
    EXPECT_NE(refusal(copied_).find("is missing"), std::string::npos);
}

TEST_F(DamagedFiles, ADamagedMarkIsRefusedOrAnOlderOneOfItCounts) {
    const std::string whole = contents(copied_ / "mark");
    std::string damaged = whole;
    for (std::size_t slot = 0; slot < whole.size(); slot += 4096) flip(damaged, slot + 20);
    overwrite(copied_ / "mark", damaged);
    EXPECT_NE(refusal(copied_).find("is damaged"), std::string::npos);
    damaged = whole;
    flip(damaged, 4096 + 20);
    overwrite(copied_ / "mark", damaged);
    EXPECT_EQ(refusal(copied_), "");
}

// What a flush has brought into tables is not looked at again at the next start.
TEST_F(DamagedFiles, TheMarkSaysWhatIsSealed) {
    const infra::Mark mark(rocksdb::FileSystem::Default(), copied_ / "mark", 1);
    EXPECT_EQ(mark.shards().front().acknowledged, record_count);
    EXPECT_GT(mark.shards().front().sealed, 0U);
    EXPECT_LT(mark.shards().front().sealed, record_count);
}

}  // namespace
}  // namespace tests
