// The repository's own files, for tests that read them as text.
//
// A path is relative to the repository's root. What the build or a server made is left out.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace tests::support {

struct SourceFile {
    std::string path;
    std::string text;
};

inline std::vector<SourceFile> repository() {
    namespace fs = std::filesystem;
    const fs::path root = SOURCE_DIR;
    std::vector<SourceFile> files;
    const auto take = [&](const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        files.push_back({path.lexically_relative(root).generic_string(),
                         {std::istreambuf_iterator<char>(file), {}}});
    };
    for (const auto& entry : fs::directory_iterator(root)) {
        if (entry.is_regular_file()) take(entry.path());
    }
    for (const char* folder :
         {"domain", "codec", "journal", "commands", "projections", "api", "infra", "cli", "bench",
          "cmake", "docs", "fuzz", "tests", "tools"}) {
        if (!fs::exists(root / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const bool cached = entry.path().string().contains("__pycache__");
            if (entry.is_regular_file() && !cached) take(entry.path());
        }
    }
    return files;
}

}  // namespace tests::support
