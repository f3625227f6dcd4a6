// All handlers: include this where commands are made (make_command).
#pragma once

#include "commands/api_key.hpp"
#include "commands/bill.hpp"
#include "commands/contract.hpp"
#include "commands/entitlement.hpp"
#include "commands/fulfillment.hpp"
#include "commands/product.hpp"
#include "commands/tenant.hpp"
#include "commands/transaction.hpp"
#include "commands/user.hpp"
#include "commands/vendor.hpp"
#include "commands/webhook_endpoint.hpp"
