#include "cli/passwords.hpp"

#include <utility>

#include "infra/passwords/common.hpp"

namespace cli {

infra::PasswordPoolOptions password_pool_options(const infra::Settings& settings) {
    return {.parameters = {.memory_bytes =
                               static_cast<std::size_t>(settings.passwords_argon2_memory_bytes),
                           .passes = static_cast<unsigned>(settings.passwords_argon2_passes)},
            .threads = static_cast<std::size_t>(settings.passwords_threads),
            .memory_bytes_max = static_cast<std::size_t>(settings.passwords_memory_bytes),
            .queue_max = static_cast<std::size_t>(settings.passwords_queue_max)};
}

api::PasswordPorts password_ports(infra::PasswordPool& pool, journal::KeyStore& keys,
                                  std::function<std::string()> new_id) {
    return {.hash = [&pool](std::string password,
                            auto done) { return pool.hash(std::move(password), std::move(done)); },
            .verify =
                [&pool](std::string password, std::optional<std::string> hash, auto done) {
                    return pool.verify(
                        std::move(password), std::move(hash),
                        [done = std::move(done)](const infra::PasswordPool::Verified& verified) {
                            done(verified.is_right, verified.needs_rehash);
                        });
                },
            .algorithm_of = [&pool](const std::string& hash) { return pool.algorithm_of(hash); },
            .is_common = &infra::is_common_password,
            .keys = &keys,
            .new_id = std::move(new_id)};
}

}  // namespace cli
