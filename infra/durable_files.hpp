// Files that are there whole, or as they were, whenever the power fails. Threads: any.
#pragma once

#include <filesystem>
#include <string_view>

namespace infra {

// False, with errno, when not all could be written. Of an open file.
bool write_all(int file, std::string_view text);

// What was made, renamed or removed in the directory stays so. Throws std::system_error.
void sync_directory(const std::filesystem::path& directory);

// Puts a file in the place of what is there, if anything is: whole or not at all, synced, and for
// its owner alone. Throws std::system_error.
void replace_file(const std::filesystem::path& file, std::string_view text);

}  // namespace infra
