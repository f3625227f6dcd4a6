#include "cli/view_places.hpp"

#include <fstream>
#include <utility>

#include "cli/data_directory.hpp"

namespace cli {
namespace {

constexpr const char* first = "views";
constexpr const char* second = "views-2";
constexpr const char* live_file = "views-live";
constexpr const char* building_file = "views-building";

std::string named_in(const std::filesystem::path& path) {
    std::string name;
    std::ifstream(path) >> name;
    return name;
}

}  // namespace

ViewPlaces::ViewPlaces(std::filesystem::path root) : root_(std::move(root)) {
    live_ = named_in(root_ / live_file) == second ? second : first;
    is_building_ = named_in(root_ / building_file) == other();
    if (!is_building_) std::filesystem::remove(root_ / building_file);
    remove_others();
}

std::string ViewPlaces::other() const { return live_ == first ? second : first; }

std::filesystem::path ViewPlaces::begin_build() {
    if (!is_building_) {
        remove_others();
        write_private_file(root_ / building_file, other() + "\n");
        is_building_ = true;
    }
    return root_ / other();
}

void ViewPlaces::make_live() {
    write_private_file(root_ / live_file, other() + "\n");
    live_ = other();
    is_building_ = false;
    std::filesystem::remove(root_ / building_file);
}

void ViewPlaces::drop_build() {
    is_building_ = false;
    std::filesystem::remove(root_ / building_file);
    remove_others();
}

void ViewPlaces::remove_others() const {
    std::filesystem::remove_all(audit());
    std::filesystem::remove(key_file_of(audit()));
    if (is_building_) return;
    std::filesystem::remove_all(root_ / other());
    std::filesystem::remove(key_file_of(root_ / other()));
}

std::filesystem::path key_file_of(const std::filesystem::path& views) {
    return views.string() + ".key";
}

}  // namespace cli
