// daybook-verify: checks what a Daybook says of its past, with nothing but a public key.
//
// It needs no server, no database and no network, and trusts none of them: an exported journal is
// hashed again and held against signed checkpoints, a proof is computed again. Exit codes: 0, it
// holds; 1, it does not, and standard output says where; 2, it could not be checked.
#include <CLI/CLI.hpp>
#include <deque>
#include <exception>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "journal/audit.hpp"
#include "journal/checkpoint.hpp"
#include "journal/note.hpp"
#include "journal/proof_document.hpp"

namespace {

constexpr int holds = 0;
constexpr int does_not_hold = 1;
constexpr int not_checked = 2;

struct Asked {
    std::string key;
    std::vector<std::string> checkpoint_files;
    std::string file = "-";
    bool may_have_voids = false;
};

class Unusable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};
class Refused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Input {
public:
    explicit Input(const std::string& name) {
        if (name == "-") return;
        file_.open(name, std::ios::binary);
        if (!file_) throw Unusable("cannot read " + name);
    }
    std::istream& stream() { return file_.is_open() ? file_ : std::cin; }
    std::string text() { return {std::istreambuf_iterator<char>(stream()), {}}; }

private:
    std::ifstream file_;
};

journal::NoteVerifier verifier_of(const Asked& asked) {
    auto verifier = journal::NoteVerifier::parse(asked.key);
    if (!verifier) throw Unusable("--key is no verifier key: `daybook audit key` prints it");
    return *std::move(verifier);
}

std::vector<journal::Checkpoint> checkpoints_in(const Asked& asked,
                                                const journal::NoteVerifier& verifier) {
    std::vector<journal::Checkpoint> all;
    for (const std::string& name : asked.checkpoint_files) {
        const std::string text = Input(name).text();
        const auto notes = journal::split_notes(text);
        if (notes.empty()) throw Refused(name + " holds no checkpoint");
        for (std::size_t i = 0; i < notes.size(); ++i) {
            const auto opened = journal::open_checkpoint(notes[i], verifier);
            if (!opened) {
                throw Refused(name + ", note " + std::to_string(i + 1) +
                              ": it is no checkpoint that this key signed");
            }
            all.push_back(opened->checkpoint);
        }
    }
    return all;
}

// Records that were looked at one by one; what they make together comes after.
using Prepared = std::vector<std::pair<std::optional<journal::RecordFrame>, journal::Hash>>;

Prepared prepared(std::string block) {
    Prepared records;
    std::string_view rest = block;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        records.emplace_back(journal::frame_of(line), journal::leaf_hash(line));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return records;
}

// Whole lines, some thousand at once; the last one of all may lack its end.
class Blocks {
public:
    explicit Blocks(std::istream& in) : in_(in) {}

    std::optional<std::string> next() {
        constexpr std::size_t block_bytes = 2 << 20;
        while (in_) {
            const std::size_t before = block_.size();
            block_.resize(before + block_bytes);
            in_.read(block_.data() + before, block_bytes);
            block_.resize(before + static_cast<std::size_t>(in_.gcount()));
            const std::size_t end = block_.rfind('\n');
            if (!in_ || end == std::string::npos) continue;
            std::string whole = block_.substr(0, end + 1);
            block_.erase(0, end + 1);
            return whole;
        }
        if (block_.empty()) return std::nullopt;
        return std::exchange(block_, {});
    }

private:
    std::istream& in_;
    std::string block_;
};

journal::JournalAudit::Report audited(std::istream& in, journal::JournalAudit audit) {
    const std::size_t ahead = std::max(1U, std::thread::hardware_concurrency());
    std::deque<std::future<Prepared>> under_way;
    Blocks blocks(in);
    bool is_at_end = false;
    while (!is_at_end || !under_way.empty()) {
        while (!is_at_end && under_way.size() <= ahead) {
            auto block = blocks.next();
            is_at_end = !block;
            if (block) {
                under_way.push_back(std::async(std::launch::async, prepared, *std::move(block)));
            }
        }
        if (under_way.empty()) break;
        for (auto& [frame, leaf] : under_way.front().get()) audit.take(std::move(frame), leaf);
        under_way.pop_front();
    }
    return audit.finish();
}

int check_journal(const Asked& asked) {
    const auto verifier = verifier_of(asked);
    const auto checkpoints = checkpoints_in(asked, verifier);
    Input input(asked.file);
    const auto report =
        audited(input.stream(), journal::JournalAudit(checkpoints, asked.may_have_voids));
    for (const auto& finding : report.findings) {
        std::cout << "WRONG " << to_text(finding) << "\n";
    }
    if (!report.findings.empty()) return does_not_hold;
    for (const auto& shard : report.shards) {
        std::cout << "shard " << shard.shard << ": " << shard.covered
                  << " entries are those that were signed";
        if (shard.size > shard.covered) {
            std::cout << "; " << shard.size - shard.covered << " more are chained to them";
        }
        if (shard.voids > 0) std::cout << "; " << shard.voids << " records are void";
        std::cout << "\n";
    }
    std::cout << "OK\n";
    return holds;
}

int check_one_proof(const Asked& asked) {
    const auto verifier = verifier_of(asked);
    const auto known = checkpoints_in(asked, verifier);
    const auto checked = journal::check_proof(Input(asked.file).text(), verifier, known);
    if (!checked) {
        std::cout << "WRONG " << checked.error() << "\n";
        return does_not_hold;
    }
    std::cout << "OK " << *checked << "\n";
    return holds;
}

void add_key(CLI::App& command, Asked& asked) {
    command.add_option("--key", asked.key, "The verifier key, NAME+HEX+BASE64")->required();
}

int run(int count, const char* const* arguments) {
    CLI::App program("Checks what a Daybook says of its past, with nothing but a public key.",
                     "daybook-verify");
    program.require_subcommand(1);
    program.footer(
        "Examples:\n"
        "  daybook-verify journal journal.ndjson --key \"$KEY\" --checkpoints last-year.note "
        "today.note\n"
        "  daybook-verify proof bill-4711.json --key \"$KEY\"\n\n"
        "Exit codes: 0, it holds; 1, it does not; 2, it could not be checked.");
    Asked asked;
    int (*check)(const Asked&) = nullptr;

    CLI::App& journal = *program.add_subcommand(
        "journal", "Check an exported journal; name the first entry of each shard that is wrong");
    journal.add_option("file", asked.file, "The export; standard input, if left out");
    add_key(journal, asked);
    journal
        .add_option("--checkpoints", asked.checkpoint_files,
                    "Files of signed notes, one or many in each: the older ones that were kept, "
                    "and the newest")
        ->required();
    journal.add_flag("--voids", asked.may_have_voids,
                     "Pass over void records: the journal was on Kafka, where a writer that had "
                     "lost a shard may have left some");
    journal.parse_complete_callback([&check] { check = &check_journal; });

    CLI::App& proof =
        *program.add_subcommand("proof", "Check a proof that was given out over HTTP");
    proof.add_option("file", asked.file, "The JSON document; standard input, if left out");
    add_key(proof, asked);
    proof.add_option("--checkpoints", asked.checkpoint_files,
                     "Files of signed notes that were kept");
    proof.parse_complete_callback([&check] { check = &check_one_proof; });

    try {
        program.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? holds : not_checked;
    }
    try {
        return check(asked);
    } catch (const Refused& refused) {
        std::cout << "WRONG " << refused.what() << "\n";
        return does_not_hold;
    } catch (const std::exception& fault) {
        std::cerr << "daybook-verify: " << fault.what() << "\n";
        return not_checked;
    }
}

}  // namespace

int main(int count, char** arguments) { return run(count, arguments); }
