// Which directories hold the views: the live ones, and those that are being built beside them.
//
//     views/ views-2/     one of them is live
//     views-live          names it; without this file it is views/
//     views-building      names the other one as long as it is being built
//     views-audit/        built to be compared; never outlives its process
//
// Each has a key of its own, DIRECTORY.key. What is none of these was left by a crash, and is
// removed.
// Threads: from one at a time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace cli {

class ViewPlaces {
public:
    // REQUIRES: this process has the data directory.
    explicit ViewPlaces(std::filesystem::path root);

    std::filesystem::path live() const { return root_ / live_; }
    std::filesystem::path audit() const { return root_ / "views-audit"; }
    // Was a build begun that has not become live?
    bool is_building() const { return is_building_; }

    // The directory to build in: empty, or with what was built before a crash.
    std::filesystem::path begin_build();
    // What was built is live from now on, also after a crash.
    void make_live();
    // What was built is given up.
    void drop_build();
    // REQUIRES: nobody has the directory open; so does `drop_build`.
    void remove_others() const;

private:
    std::string other() const;

    std::filesystem::path root_;
    std::string live_;
    bool is_building_ = false;
};

// The file with a directory's key.
std::filesystem::path key_file_of(const std::filesystem::path& views);

}  // namespace cli
