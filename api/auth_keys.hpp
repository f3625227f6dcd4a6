// The keys of the journal as the directory that authentication asks.
//
// A key whose stored scopes or hashes cannot be read is as good as unknown: a
// scope that this version does not know grants nothing. Threads: as
// projections::KeyDirectory.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/auth.hpp"
#include "domain/api_key.hpp"
#include "projections/key_directory.hpp"

namespace api {

// The record that a key's state amounts to. Empty when it is absent.
std::optional<KeyRecord> to_record(std::string_view key_id, const domain::ApiKey& key);

class JournalKeys : public KeyDirectory {
public:
    // REQUIRES: `keys` outlives this.
    explicit JournalKeys(const projections::KeyDirectory& keys) : keys_(keys) {}

    std::optional<KeyRecord> find(std::string_view key_id) const override {
        const auto key = keys_.find_key(key_id);
        if (!key) return std::nullopt;
        return to_record(key_id, key->state);
    }
    bool has_tenant(const domain::TenantId& tenant) const override {
        return keys_.find_tenant(tenant) != nullptr;
    }
    std::uint64_t generation() const override { return keys_.generation(); }

private:
    const projections::KeyDirectory& keys_;
};

}  // namespace api
