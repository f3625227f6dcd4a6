// Data keys and sealing: wrapped at rest, bound to their place, and gone when they are destroyed.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "infra/keys/embedded_key_store.hpp"
#include "infra/keys/key_cache.hpp"
#include "infra/keys/key_file.hpp"
#include "infra/keys/randomness.hpp"
#include "infra/keys/sealing.hpp"
#include "tests/support/fault_file_system.hpp"
#include "tests/support/memory_directory.hpp"

namespace tests {
namespace {

namespace fs = std::filesystem;
using journal::DataKey;
using journal::Person;

class SeededRandomness final : public infra::Randomness {
public:
    explicit SeededRandomness(std::uint64_t seed) : random_(seed) {}
    void fill(std::span<unsigned char> bytes) override {
        for (auto& byte : bytes) byte = static_cast<unsigned char>(random_());
    }

private:
    std::mt19937_64 random_;
};

Person person(const std::string& user, const std::string& tenant = "acme") {
    return {{tenant}, {user}};
}

std::string contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

template <class Action>
std::string refusal(Action action) {
    try {
        action();
    } catch (const std::runtime_error& failure) {
        return failure.what();
    }
    return {};
}

class Keys : public testing::Test {
protected:
    Keys() {
        options_.directory = directory_.path() / "keys";
        options_.root_key.bytes.fill(9);
        options_.files = disk_;
        open();
    }
    void open() { store_ = std::make_unique<infra::EmbeddedKeyStore>(options_, randomness_); }
    void reopen() {
        store_.reset();
        open();
    }
    bool create(const std::vector<Person>& persons) { return store_->create(persons); }
    bool is_in_a_file(std::string_view bytes) const {
        for (const auto& entry : fs::recursive_directory_iterator(options_.directory)) {
            if (!entry.is_regular_file()) continue;
            if (contents(entry.path()).find(bytes) != std::string::npos) return true;
        }
        return false;
    }

    support::MemoryDirectory directory_;
    std::shared_ptr<support::FaultFileSystem> disk_ = std::make_shared<support::FaultFileSystem>();
    SeededRandomness randomness_{1};
    infra::EmbeddedKeyStoreOptions options_;
    std::unique_ptr<infra::EmbeddedKeyStore> store_;
};

TEST_F(Keys, EachPersonHasAKeyOfItsOwnAndKeepsIt) {
    ASSERT_TRUE(create({person("a"), person("b"), person("a", "other"), person("a")}));
    const auto first = store_->find(person("a"));
    ASSERT_TRUE(first);
    EXPECT_NE(first, store_->find(person("b")));
    EXPECT_NE(first, store_->find(person("a", "other")));
    EXPECT_EQ(store_->find(person("c")), std::nullopt);
    ASSERT_TRUE(create({person("a"), person("c")}));
    EXPECT_EQ(store_->find(person("a")), first);
    reopen();
    EXPECT_EQ(store_->find(person("a")), first);
    EXPECT_TRUE(store_->find(person("c")));
}

// Tenant "ab" and user "c" are not tenant "a" and user "bc".
TEST_F(Keys, TenantAndUserAreNotMixedUp) {
    ASSERT_TRUE(create({person("c", "ab")}));
    EXPECT_EQ(store_->find(person("bc", "a")), std::nullopt);
}

TEST_F(Keys, ADestroyedKeyIsGoneForEver) {
    ASSERT_TRUE(create({person("a"), person("b")}));
    ASSERT_TRUE(store_->destroy(person("a")));
    ASSERT_TRUE(store_->destroy(person("a")));
    ASSERT_TRUE(store_->destroy(person("never there")));
    ASSERT_TRUE(create({person("a"), person("never there")}));
    EXPECT_EQ(store_->find(person("a")), std::nullopt);
    EXPECT_EQ(store_->find(person("never there")), std::nullopt);
    EXPECT_TRUE(store_->find(person("b")));
    reopen();
    EXPECT_EQ(store_->find(person("a")), std::nullopt);
    ASSERT_TRUE(create({person("a")}));
    EXPECT_EQ(store_->find(person("a")), std::nullopt);
}

TEST_F(Keys, ACredentialIsKeptUntilItOrThePersonGoes) {
    ASSERT_TRUE(create({person("a"), person("b")}));
    EXPECT_FALSE(store_->keep(person("nobody"), {"1"}, "secret hash"));
    ASSERT_TRUE(store_->keep(person("a"), {"1"}, "secret hash"));
    ASSERT_TRUE(store_->keep(person("a"), {"2"}, "another hash"));
    ASSERT_TRUE(store_->keep(person("b"), {"1"}, "the hash of b"));
    reopen();
    EXPECT_EQ(store_->kept(person("a"), {"1"}), "secret hash");
    ASSERT_TRUE(store_->drop(person("a"), {"1"}));
    ASSERT_TRUE(store_->drop(person("a"), {"1"}));
    EXPECT_EQ(store_->kept(person("a"), {"1"}), std::nullopt);
    EXPECT_EQ(store_->kept(person("a"), {"2"}), "another hash");
    ASSERT_TRUE(store_->destroy(person("a")));
    EXPECT_EQ(store_->kept(person("a"), {"2"}), std::nullopt);
    EXPECT_FALSE(store_->keep(person("a"), {"3"}, "late"));
    EXPECT_EQ(store_->kept(person("b"), {"1"}), "the hash of b");
    EXPECT_FALSE(is_in_a_file("the hash of b") || is_in_a_file("another hash"));
}

// Moved to another store, as the import of a journal does.
TEST_F(Keys, CredentialsMoveWithTheKeys) {
    ASSERT_TRUE(create({person("a")}));
    ASSERT_TRUE(store_->keep(person("a"), {"1"}, "secret hash"));
    std::vector<infra::WrappedKey> all;
    store_->each([&all](const infra::WrappedKey& key) { all.push_back(key); });
    ASSERT_EQ(all.size(), 2U);
    store_.reset();
    options_.directory = directory_.path() / "other";
    open();
    ASSERT_TRUE(store_->add(all));
    EXPECT_EQ(store_->kept(person("a"), {"1"}), "secret hash");
}

TEST_F(Keys, NoFileHoldsAKeyInClearNorADestroyedOneWrapped) {
    std::vector<Person> persons;
    persons.reserve(300);
    for (int i = 0; i < 300; ++i) persons.push_back(person("user" + std::to_string(i)));
    // The nonce and the ciphertext of the key that is made last.
    ASSERT_TRUE(create(persons));
    const auto key = store_->find(persons[7]);
    ASSERT_TRUE(key);
    const std::string_view plain(reinterpret_cast<const char*>(key->data()), key->size());
    EXPECT_FALSE(is_in_a_file(plain));
    const std::string row = std::string("kacme") + '\0' + "user7";
    const auto wrapped = [&] {
        for (const auto& entry : fs::recursive_directory_iterator(options_.directory)) {
            if (!entry.is_regular_file()) continue;
            const std::string text = contents(entry.path());
            const auto at = text.find(row + "H");  // "H" is the length of a wrapped key, 72.
            if (at != std::string::npos) return text.substr(at + row.size() + 1, 72);
        }
        return std::string();
    }();
    ASSERT_EQ(wrapped.size(), 72U);
    ASSERT_TRUE(is_in_a_file(wrapped));
    ASSERT_TRUE(store_->destroy(persons[7]));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (is_in_a_file(wrapped)) {  // RocksDB removes files a moment later.
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        std::this_thread::yield();
    }
    EXPECT_TRUE(store_->find(persons[8]));
}

TEST_F(Keys, WhatWasCreatedOrDestroyedStaysSoAfterAPowerFailure) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const std::string name = "s" + std::to_string(seed);
        ASSERT_TRUE(create({person(name), person(name + "gone")}));
        const auto key = store_->find(person(name));
        if (seed % 2 == 0) ASSERT_TRUE(store_->destroy(person(name + "gone")));
        disk_->power_off();
        store_.reset();
        disk_->power_on(seed);
        open();
        EXPECT_EQ(store_->find(person(name)), key) << "seed " << seed;
        EXPECT_EQ(store_->find(person(name + "gone")).has_value(), seed % 2 == 1);
    }
}

TEST_F(Keys, AFullDiskIsRefusedAndLaterNot) {
    ASSERT_TRUE(create({person("a")}));
    disk_->set_space(0);
    EXPECT_FALSE(create({person("b")}));
    EXPECT_FALSE(create({person("b")}));
    EXPECT_FALSE(store_->destroy(person("a")));
    EXPECT_TRUE(store_->find(person("a")));
    EXPECT_EQ(store_->find(person("b")), std::nullopt);
    disk_->set_space(std::uint64_t{1} << 40);
    EXPECT_TRUE(create({person("b")}));
    EXPECT_TRUE(store_->destroy(person("a")));
    reopen();
    EXPECT_TRUE(store_->find(person("b")));
    EXPECT_EQ(store_->find(person("a")), std::nullopt);
}

TEST_F(Keys, NothingIsKeptAfterAFailedSync) {
    disk_->fail_syncs_of(".log");
    EXPECT_FALSE(create({person("a")}));
    disk_->fail_syncs_of("");
    EXPECT_FALSE(create({person("a")}));
    EXPECT_EQ(store_->find(person("a")), std::nullopt);
    reopen();
    EXPECT_TRUE(create({person("a")}));
}

// A lost key would look as if its person had been erased.
TEST_F(Keys, AStoreThatLostKeysIsRefused) {
    ASSERT_TRUE(create({person("a")}));
    disk_->power_off();
    store_.reset();
    for (const auto& entry : fs::recursive_directory_iterator(options_.directory)) {
        if (entry.path().extension() == ".log") fs::resize_file(entry.path(), 0);
    }
    options_.files.reset();
    EXPECT_NE(refusal([&] { open(); }).find("has lost the last"), std::string::npos);
}

TEST_F(Keys, AStoreWrappedWithAnotherKeyIsRefused) {
    ASSERT_TRUE(create({person("a")}));
    store_.reset();
    options_.root_key.bytes.fill(10);
    EXPECT_NE(refusal([&] { open(); }).find("another key-encryption key"), std::string::npos);
    options_.root_key.bytes.fill(9);
    open();
    EXPECT_TRUE(store_->find(person("a")));
}

TEST_F(Keys, ManyThreadsFindWhileOthersCreateAndDestroy) {
    ASSERT_TRUE(create({person("a")}));
    const auto key = store_->find(person("a"));
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 300; ++k) {
                EXPECT_EQ(store_->find(person("a")), key);
                store_->find(person(std::to_string(k)));
            }
        });
    }
    threads.emplace_back([&] {
        for (int k = 0; k < 100; ++k) {
            const Person one = person(std::to_string(k));
            EXPECT_TRUE(store_->create(std::span(&one, 1)));
            if (k % 3 == 0) EXPECT_TRUE(store_->destroy(one));
            if (k % 3 == 0) EXPECT_EQ(store_->find(one), std::nullopt);
        }
    });
}

TEST(KeyCache, ForgetsTheOldestAndKeepsToItsSize) {
    infra::KeyCache cache(160);
    for (int i = 0; i < 10'000; ++i) cache.put(std::to_string(i), DataKey{});
    int kept = 0;
    for (int i = 0; i < 10'000; ++i) kept += cache.find(std::to_string(i)) ? 1 : 0;
    EXPECT_LE(kept, 160 + 16);
    EXPECT_TRUE(cache.find("9999"));
    cache.erase("9999");
    EXPECT_FALSE(cache.find("9999"));
}

TEST(Sealing, ATextIsReadOnlyWithItsKeyAndAtItsPlace) {
    SeededRandomness randomness(1);
    infra::SodiumSealing sealing(randomness);
    DataKey key{};
    DataKey other{};
    other.back() = 1;
    for (const std::string& plain : {std::string(), std::string("Ada"), std::string(5000, 'x')}) {
        const std::string sealed = sealing.seal(key, "users/1/email", plain);
        EXPECT_TRUE(sealed.starts_with("1."));
        EXPECT_EQ(sealed.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                           "0123456789-_",
                                           2),
                  std::string::npos);
        EXPECT_EQ(sealing.unseal(key, "users/1/email", sealed), plain);
        EXPECT_EQ(sealing.unseal(other, "users/1/email", sealed), std::nullopt);
        EXPECT_EQ(sealing.unseal(key, "users/2/email", sealed), std::nullopt);
        EXPECT_NE(sealing.seal(key, "users/1/email", plain), sealed);
    }
}

TEST(Sealing, WhatIsNotSealedIsRefused) {
    SeededRandomness randomness(1);
    infra::SodiumSealing sealing(randomness);
    const std::string sealed = sealing.seal({}, "", "Ada");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string damaged = sealed;
        damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(sealing.unseal({}, "", damaged), std::nullopt) << i;
        EXPECT_EQ(sealing.unseal({}, "", sealed.substr(0, i)), std::nullopt) << i;
    }
    EXPECT_EQ(sealing.unseal({}, "", sealed + "="), std::nullopt);
    EXPECT_EQ(sealing.unseal({}, "", ""), std::nullopt);
}

// Stored for ever: this text must be readable in all versions.
TEST(Sealing, ReadsWhatWasSealedLongAgo) {
    SeededRandomness randomness(42);
    infra::SodiumSealing sealing(randomness);
    DataKey key;
    key.fill(3);
    const std::string sealed = "1.1qgKTlV8IAC2YUtG2C7NKDZyISdLUhnJa9XRO34TK3J51571quamCMfduQ";
    EXPECT_EQ(sealing.unseal(key, "place", sealed), "Ada");
}

TEST(KeyFile, IsMadeOnceForItsOwnerAlone) {
    const support::MemoryDirectory directory;
    SeededRandomness randomness(1);
    const fs::path file = directory.path() / "keys/kek";
    EXPECT_FALSE(refusal([&] { infra::key_encryption_key(file, false, randomness); }).empty());
    const auto key = infra::key_encryption_key(file, true, randomness);
    EXPECT_EQ(infra::key_encryption_key(file, true, randomness).bytes, key.bytes);
    EXPECT_EQ(infra::key_encryption_key(file, false, randomness).bytes, key.bytes);
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(KeyFile, IsRefusedWhenOthersMayReadItOrItHoldsNoKey) {
    const support::MemoryDirectory directory;
    SeededRandomness randomness(1);
    const fs::path file = directory.path() / "kek";
    infra::key_encryption_key(file, true, randomness);
    const auto open = [&] { infra::key_encryption_key(file, true, randomness); };
    for (const mode_t mode : {0640U, 0604U, 0644U, 0660U}) {
        ASSERT_EQ(chmod(file.c_str(), mode), 0);
        EXPECT_NE(refusal(open).find("must be 0600"), std::string::npos) << mode;
    }
    ASSERT_EQ(chmod(file.c_str(), 0600), 0);
    EXPECT_EQ(refusal(open), "");
    for (const std::string& text :
         {std::string(), std::string(63, 'a'), std::string(66, 'a'), std::string(64, 'x')}) {
        std::ofstream(file, std::ios::trunc) << text;
        EXPECT_NE(refusal(open).find("64 hex digits"), std::string::npos) << text;
    }
}

class RootKey : public testing::Test {
protected:
    infra::Secret root() { return infra::root_key(key_, root_, true, randomness_); }
    void replace(const fs::path& to = {}) {
        infra::replace_key_encryption_key(key_, root_, to, randomness_);
    }

    support::MemoryDirectory directory_;
    SeededRandomness randomness_{1};
    fs::path key_ = directory_.path() / "key";
    fs::path root_ = directory_.path() / "root-key";
};

TEST_F(RootKey, StaysTheSameWhenTheKeyEncryptionKeyIsReplaced) {
    const auto first = root();
    const std::string old = contents(key_);
    EXPECT_FALSE(fs::exists(root_));
    replace();
    EXPECT_NE(contents(key_), old);
    EXPECT_EQ(root().bytes, first.bytes);
    replace();
    EXPECT_EQ(root().bytes, first.bytes);
    std::ofstream(key_) << old;
    EXPECT_NE(refusal([this] { root(); }).find("does not open"), std::string::npos);
}

TEST_F(RootKey, IsOpenedByTheKeyInAnotherFile) {
    const auto first = root();
    const std::string old = contents(key_);
    const fs::path other = directory_.path() / "other";
    replace(other);
    EXPECT_EQ(contents(key_), old);
    EXPECT_EQ(infra::root_key(other, root_, false, randomness_).bytes, first.bytes);
    EXPECT_FALSE(refusal([this] { root(); }).empty());
}

// Cut between the two files: the new key is there, under the name of the next one.
TEST_F(RootKey, FinishesAReplacementThatWasCut) {
    const auto first = root();
    const std::string old = contents(key_);
    replace();
    fs::rename(key_, key_.string() + ".next");
    std::ofstream(key_) << old;
    fs::permissions(key_, fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(root().bytes, first.bytes);
    EXPECT_NE(contents(key_), old);
    EXPECT_FALSE(fs::exists(key_.string() + ".next"));
}

TEST(KeyFile, AStoreKeyIsKeptWrappedAndMadeAnewForAnotherKeyEncryptionKey) {
    const support::MemoryDirectory directory;
    SeededRandomness randomness(1);
    const fs::path file = directory.path() / "keys/rows.key";
    infra::Secret first;
    infra::Secret second;
    second.bytes.fill(1);
    const auto key = infra::derived_store_key(file, "rows", first, randomness);
    EXPECT_EQ(infra::derived_store_key(file, "rows", first, randomness).bytes, key.bytes);
    const std::string_view plain(reinterpret_cast<const char*>(key.bytes.data()), 32);
    EXPECT_EQ(contents(file).find(plain), std::string::npos);
    const auto other = infra::derived_store_key(file, "rows", second, randomness);
    EXPECT_NE(other.bytes, key.bytes);
    EXPECT_EQ(infra::derived_store_key(file, "rows", second, randomness).bytes, other.bytes);
}

}  // namespace
}  // namespace tests
