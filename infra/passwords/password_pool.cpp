#include "infra/passwords/password_pool.hpp"

#include <sodium.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "infra/priority.hpp"

namespace infra {
namespace {

// Wiped when it ends: it may be the last copy of a password.
struct Wiped {
    explicit Wiped(const std::string& secret) : text(normalized(secret)) {}
    ~Wiped() { sodium_memzero(text.data(), text.size()); }
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;

    std::string text;
};

}  // namespace

PasswordPool::PasswordPool(const PasswordPoolOptions& options)
    : parameters_(options.parameters), queue_max_(options.queue_max) {
    const std::size_t fit = options.memory_bytes_max / parameters_.memory_bytes;
    const std::size_t threads = std::clamp<std::size_t>(fit, 1, options.threads);
    share_ = std::max(options.memory_bytes_max / threads, parameters_.memory_bytes);
    nobodys_ = argon2id("nobody's", parameters_).value_or("");
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

bool PasswordPool::hash(std::string password,
                        std::function<void(std::optional<std::string>)> done) {
    const auto secret = std::make_shared<Wiped>(password);
    sodium_memzero(password.data(), password.size());
    return submit(
        [this, secret, done = std::move(done)] { done(argon2id(secret->text, parameters_)); });
}

bool PasswordPool::verify(std::string password, std::optional<std::string> hash,
                          std::function<void(Verified)> done) {
    const auto secret = std::make_shared<Wiped>(password);
    sodium_memzero(password.data(), password.size());
    return submit([this, secret, hash = std::move(hash), done = std::move(done)] {
        const bool is_right = infra::is_right(secret->text, hash.value_or(nobodys_)) && hash;
        done({.is_right = is_right,
              .needs_rehash = is_right && infra::needs_rehash(*hash, parameters_)});
    });
}

std::size_t PasswordPool::waiting() const {
    const std::lock_guard lock(mutex_);
    return jobs_.size();
}

bool PasswordPool::submit(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (is_stopping_ || jobs_.size() >= queue_max_) return false;
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void PasswordPool::run() {
    give_way();  // Hashing takes all that a core has.
    while (true) {
        std::function<void()> job;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return is_stopping_ || !jobs_.empty(); });
            if (is_stopping_) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        job();
    }
}

void PasswordPool::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        jobs_.clear();
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

}  // namespace infra
