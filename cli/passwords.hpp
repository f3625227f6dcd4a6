// What the front needs for passwords, made of the pool and the key store.
#pragma once

#include <functional>
#include <string>

#include "api/passwords.hpp"
#include "infra/passwords/password_pool.hpp"
#include "infra/settings.hpp"

namespace cli {

infra::PasswordPoolOptions password_pool_options(const infra::Settings& settings);

// REQUIRES: both outlive the ports.
api::PasswordPorts password_ports(infra::PasswordPool& pool, journal::KeyStore& keys,
                                  std::function<std::string()> new_id);

}  // namespace cli
