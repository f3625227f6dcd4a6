// A key store and a sealing for tests: keys that depend on nothing but the person, kept in memory,
// and sealing that anyone can undo. It still binds a text to its key and its place, so a test sees
// when either is mixed up.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "journal/entry.hpp"
#include "journal/key_store.hpp"

namespace tests::support {

class PlainKeys final : public journal::KeyStore {
public:
    bool create(std::span<const journal::Person> persons) override {
        const std::scoped_lock lock(mutex_);
        if (fails_) return false;
        for (const auto& person : persons) {
            if (!destroyed_.contains(person)) keys_.emplace(person, key_of(person));
        }
        return true;
    }
    std::optional<journal::DataKey> find(const journal::Person& person) override {
        const std::scoped_lock lock(mutex_);
        const auto found = keys_.find(person);
        if (found == keys_.end()) return std::nullopt;
        return found->second;
    }
    bool destroy(const journal::Person& person) override {
        const std::scoped_lock lock(mutex_);
        if (fails_) return false;
        keys_.erase(person);
        credentials_.erase(person);
        destroyed_.insert(person);
        return true;
    }
    bool keep(const journal::Person& person, const domain::CredentialId& id,
              std::string_view credential) override {
        const std::scoped_lock lock(mutex_);
        if (fails_ || !keys_.contains(person)) return false;
        credentials_[person][id] = credential;
        return true;
    }
    std::optional<std::string> kept(const journal::Person& person,
                                    const domain::CredentialId& id) override {
        const std::scoped_lock lock(mutex_);
        const auto of_person = credentials_.find(person);
        if (of_person == credentials_.end()) return std::nullopt;
        const auto found = of_person->second.find(id);
        if (found == of_person->second.end()) return std::nullopt;
        return found->second;
    }
    bool drop(const journal::Person& person, const domain::CredentialId& id) override {
        const std::scoped_lock lock(mutex_);
        if (fails_) return false;
        if (const auto found = credentials_.find(person); found != credentials_.end()) {
            found->second.erase(id);
        }
        return true;
    }

    // While it fails, no key is made or destroyed.
    void fail(bool fails) {
        const std::scoped_lock lock(mutex_);
        fails_ = fails;
    }

private:
    static journal::DataKey key_of(const journal::Person& person) {
        const std::string text = person.tenant.text + '/' + person.user.text;
        const std::size_t hash = std::hash<std::string>{}(text);
        journal::DataKey key{};
        for (std::size_t i = 0; i < key.size(); ++i) {
            key[i] = static_cast<unsigned char>('a' + (hash >> i % 32) % 26);
        }
        return key;
    }

    std::mutex mutex_;
    std::map<journal::Person, journal::DataKey> keys_;
    std::map<journal::Person, std::map<domain::CredentialId, std::string>> credentials_;
    std::set<journal::Person> destroyed_;
    bool fails_ = false;
};

// sealed = "sealed(" key "|" associated data "|" plain text ")", as it is.
class PlainSealing final : public journal::Sealing {
public:
    std::string seal(const journal::DataKey& key, std::string_view associated,
                     std::string_view plain) override {
        return prefix(key, associated) + std::string(plain) + ")";
    }
    std::optional<std::string> unseal(const journal::DataKey& key, std::string_view associated,
                                      std::string_view sealed) override {
        const std::string expected = prefix(key, associated);
        if (!sealed.starts_with(expected) || !sealed.ends_with(')')) return std::nullopt;
        sealed.remove_prefix(expected.size());
        sealed.remove_suffix(1);
        return std::string(sealed);
    }

private:
    static std::string prefix(const journal::DataKey& key, std::string_view associated) {
        return "sealed(" + std::string(key.begin(), key.end()) + "|" + std::string(associated) +
               "|";
    }
};

}  // namespace tests::support
