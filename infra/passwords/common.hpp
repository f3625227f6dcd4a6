// Passwords that very many people use: the first that an attacker tries (NIST SP 800-63B, 5.1.1.2).
//
// The five thousand most common ones that are long enough, from the lists of published breaches
// that the password meter zxcvbn uses; in lower case, sorted (common.txt).
#pragma once

#include <string_view>

namespace infra {

// Whether the password, its letters A to Z in lower case, is in the list. A binary search.
bool is_common_password(std::string_view password);

}  // namespace infra
