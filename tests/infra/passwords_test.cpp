// Passwords: hashes of others are understood, cost is bounded, and common ones are known.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "infra/passwords/common.hpp"
#include "infra/passwords/hashes.hpp"
#include "infra/passwords/password_pool.hpp"

namespace infra {
namespace {

using domain::PasswordAlgorithm;

constexpr std::size_t memory_max = std::size_t{64} << 20U;
constexpr Argon2Parameters small{.memory_bytes = 1 << 20, .passes = 1};

struct Imported {
    std::string hash;
    PasswordAlgorithm algorithm;
};

// Made by other programs: argon2 (the reference implementation), Python's bcrypt and hashlib.
class ImportedHashes : public testing::TestWithParam<Imported> {};

TEST_P(ImportedHashes, AreRightForTheirPasswordAlone) {
    const auto& [hash, algorithm] = GetParam();
    ASSERT_EQ(algorithm_of(hash, memory_max), algorithm);
    EXPECT_TRUE(is_right("correct horse", hash));
    EXPECT_FALSE(is_right("correct horsf", hash));
    EXPECT_FALSE(is_right("", hash));
    EXPECT_TRUE(needs_rehash(hash, small));
}

INSTANTIATE_TEST_SUITE_P(
    OfOthers, ImportedHashes,
    testing::Values(Imported{"$argon2id$v=19$m=8192,t=2,p=1$c2l4dGVlbiBieXRlcyB4eA$"
                             "EAamkp9hXFNJ1kWmlqEi1wxdAuczGzq/2BgMyGo11ko",
                             PasswordAlgorithm::argon2id},
                    Imported{"$argon2id$v=19$m=8192,t=1,p=4$c2l4dGVlbiBieXRlcyB4eA$"
                             "DiUq5LhQhyfKLQVXrAIH0pSobnOl0dvF4gFmGmmsN28",
                             PasswordAlgorithm::argon2id},
                    Imported{"$2b$05$YyhiQDWYX/.PJ0qooTApt.BwXPjG9b4X27unp8CeOOy7lVmZ5I34O",
                             PasswordAlgorithm::bcrypt},
                    Imported{"$2a$04$rE8QBJZhYOmySk/goK3Uxu5CTWi8hUa8AgPkxHoFgQkxDXXD4JCL2",
                             PasswordAlgorithm::bcrypt},
                    Imported{"$2y$05$YyhiQDWYX/.PJ0qooTApt.BwXPjG9b4X27unp8CeOOy7lVmZ5I34O",
                             PasswordAlgorithm::bcrypt},
                    Imported{"$pbkdf2-sha256$i=1000,l=32$//5zYWx0+3NhbHQ$8Krb7JOCS3s7fPvnZrlk/"
                             "qUjY2k+ArNXfJUkHRcZ5mU",
                             PasswordAlgorithm::pbkdf2},
                    Imported{"$pbkdf2-sha512$i=1000$//"
                             "5zYWx0+3NhbHQ$xO0s9kmjHcJV6yW1oQGpM7ZI4g7HFjrF9mE2gZtyTu+"
                             "dHI4VmYp8ClI/MsB3OGyBxVhV0yekAxA9VaS3PvTk6A",
                             PasswordAlgorithm::pbkdf2},
                    Imported{"$pbkdf2-sha256$1000$onTuHUMo5dyb0/r/3/s/"
                             "Jw$zEVIrWz96f4lkTUIX54wNZqhHAvEvPEm/Z0AemSsGiQ",
                             PasswordAlgorithm::pbkdf2}));

TEST(PasswordHashes, AreArgon2idInPhcFormAndDifferEachTime) {
    const auto hash = argon2id("correct horse", small);
    ASSERT_TRUE(hash);
    EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=1024,t=1,p=1$"));
    EXPECT_NE(hash, argon2id("correct horse", small));
    EXPECT_TRUE(is_right("correct horse", *hash));
    EXPECT_FALSE(is_right("correct Horse", *hash));
    EXPECT_FALSE(needs_rehash(*hash, small));
    EXPECT_TRUE(needs_rehash(*hash, {.memory_bytes = 2 << 20, .passes = 1}));
}

TEST(PasswordHashes, ThatCannotBeVerifiedAreRefused) {
    const std::string salt_and_hash =
        "$c29tZXNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    ASSERT_TRUE(algorithm_of("$argon2id$v=19$m=1024,t=1,p=1" + salt_and_hash, memory_max));
    for (const std::string& hash : {
             std::string(),
             std::string("plain text"),
             std::string("5f4dcc3b5aa765d61d8327deb882cf99"),
             "$argon2i$v=19$m=1024,t=1,p=1" + salt_and_hash,
             "$argon2id$v=16$m=1024,t=1,p=1" + salt_and_hash,
             "$argon2id$v=19$m=99999999,t=1,p=1" + salt_and_hash,
             "$argon2id$v=19$m=1024,t=9999,p=1" + salt_and_hash,
             "$argon2id$v=19$m=1024,t=1" + salt_and_hash,
             std::string("$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHRzYWx0"),
             "$pbkdf2-sha1$i=1000" + salt_and_hash,
             "$pbkdf2-sha256$i=0" + salt_and_hash,
             "$pbkdf2-sha256$i=999999999999" + salt_and_hash,
             std::string("$2b$31$C6UzMDM.H6dfI/f/IKxGhuCNkKrY0sWEAOZgFgoZgGqVT4MEh1hxm"),
             std::string("$2b$10$tooshort"),
         }) {
        EXPECT_EQ(algorithm_of(hash, memory_max), std::nullopt) << hash;
    }
}

TEST(PasswordHashes, TakeTwoWaysToTypeTheSameForTheSame) {
    EXPECT_EQ(normalized("re\xCC\x81sume\xCC\x81"), "r\xC3\xA9sum\xC3\xA9");
    EXPECT_EQ(normalized("Ångström 🗞"), "Ångström 🗞");
}

TEST(CommonPasswords, AreKnownWhateverTheCase) {
    EXPECT_TRUE(is_common_password("password"));
    EXPECT_TRUE(is_common_password("PassWord"));
    EXPECT_TRUE(is_common_password("12345678"));
    EXPECT_TRUE(is_common_password("qwertyuiop"));
    EXPECT_FALSE(is_common_password("correct horse"));
    EXPECT_FALSE(is_common_password(""));
}

// A value that another thread brings.
template <class T>
class Brought {
public:
    void put(T value) {
        {
            const std::lock_guard lock(mutex_);
            value_ = std::move(value);
        }
        came_.notify_all();
    }
    T wait() {
        std::unique_lock lock(mutex_);
        came_.wait(lock, [this] { return value_.has_value(); });
        return *value_;
    }

private:
    std::mutex mutex_;
    std::condition_variable came_;
    std::optional<T> value_;
};

TEST(PasswordPool, HashesAndVerifiesAndTakesNoHashForAWrongOne) {
    PasswordPool pool({.parameters = small, .threads = 2});
    Brought<std::string> made;
    ASSERT_TRUE(pool.hash("correct horse", [&](auto hash) { made.put(hash.value_or("")); }));
    const std::string hash = made.wait();
    const auto verdict = [&pool](const char* password, std::optional<std::string> of) {
        Brought<PasswordPool::Verified> verified;
        EXPECT_TRUE(
            pool.verify(password, std::move(of), [&](auto outcome) { verified.put(outcome); }));
        return verified.wait();
    };
    EXPECT_TRUE(verdict("correct horse", hash).is_right);
    EXPECT_FALSE(verdict("correct horse", hash).needs_rehash);
    EXPECT_FALSE(verdict("wrong horse!", hash).is_right);
    EXPECT_FALSE(verdict("correct horse", std::nullopt).is_right);
    EXPECT_FALSE(verdict("nobody's", std::nullopt).is_right);
}

TEST(PasswordPool, RefusesMoreThanMayWait) {
    // What the job uses outlives the pool, which waits for its threads when it goes.
    Brought<bool> begun;
    Brought<bool> may_end;
    PasswordPool pool({.parameters = small, .threads = 1, .queue_max = 2});
    ASSERT_TRUE(pool.hash("one", [&](const auto&) {
        begun.put(true);
        may_end.wait();
    }));
    begun.wait();
    const auto nothing = [](const auto&) {};
    EXPECT_TRUE(pool.hash("two", nothing));
    EXPECT_TRUE(pool.hash("three", nothing));
    EXPECT_FALSE(pool.hash("four", nothing));
    EXPECT_FALSE(pool.verify("five", std::nullopt, nothing));
    EXPECT_EQ(pool.waiting(), 2U);
    may_end.put(true);
}

}  // namespace
}  // namespace infra
