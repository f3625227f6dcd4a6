// Certificates for tests: they vouch for themselves, and are for one name.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace api::http::loopback {

struct MadeCertificate {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

// Both as PEM files in the directory. `name` is that of a host; times are from now on.
MadeCertificate make_certificate(const std::filesystem::path& directory, const std::string& name,
                                 std::chrono::seconds begins = std::chrono::hours(-1),
                                 std::chrono::seconds ends = std::chrono::hours(24));

}  // namespace api::http::loopback
