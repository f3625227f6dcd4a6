// The views that there are, each in the file of its name.
#pragma once

#include "projections/resource_view.hpp"

namespace projections {

extern const View vendors_view;
extern const View products_view;
extern const View users_view;
extern const View contracts_view;
extern const View bills_view;
extern const View transactions_view;
extern const View entitlements_view;
extern const View fulfillments_view;
extern const View webhook_endpoints_view;
extern const View webhook_deliveries_view;

}  // namespace projections
