"""Who may do what: every operation that the server describes, with every kind of credentials."""
# timeout: 300

import datetime
import json
import subprocess
import time

from support import (BINARY, PATIENCE, ServerTest, charge_of, main, make_catalogue, make_contract,
                     operations)
from tokens import Issuer

PUBLIC = None
# What each operation needs. An operation that is described and not here fails the test.
ROWS = {
    "listVendors": "vendors:read", "getVendor": "vendors:read", "createVendor": "vendors:write",
    "updateVendor": "vendors:write", "suspendVendor": "vendors:write",
    "reinstateVendor": "vendors:write", "closeVendor": "vendors:write",
    "listProducts": "products:read", "getProduct": "products:read",
    "createProduct": "products:write", "updateProduct": "products:write",
    "publishProduct": "products:write", "archiveProduct": "products:write",
    "restoreProduct": "products:write",
    "listUsers": "users:read", "getUser": "users:read", "createUser": "users:write",
    "updateUser": "users:write", "changeLoginIdentifier": "users:write",
    "setUserMetadata": "users:write", "removeUserMetadata": "users:write",
    "blockUser": "users:write", "unblockUser": "users:write", "deleteUser": "users:erase",
    "setPassword": "users:password", "verifyPassword": "users:password",
    "exportUser": "customers:read", "getCustomer": "customers:read",
    "listContracts": "contracts:read", "getContract": "contracts:read",
    "createContract": "contracts:write", "confirmContract": "contracts:write",
    "discardContract": "contracts:write",
    "cancelContract": "contracts:write", "uncancelContract": "contracts:write",
    "pauseContract": "contracts:write", "resumeContract": "contracts:write",
    "changeContract": "contracts:write", "changeContractPrice": "contracts:write",
    "changeContractPayer": "contracts:write", "changeDeliveryAddress": "contracts:write",
    "consumeContractIssue": "contracts:write", "importContract": "contracts:write",
    "getClock": "clock:read", "advanceClock": "clock:write", "getStateMachines": PUBLIC,
    "listBills": "bills:read", "getBill": "bills:read", "createBill": "bills:write",
    "updateBill": "bills:write", "deleteBill": "bills:write", "issueBill": "bills:write",
    "retryBill": "bills:write", "cancelBill": "bills:write", "voidBill": "bills:write",
    "writeOffBill": "bills:write", "reinstateBill": "bills:write", "refundBill": "bills:write",
    "payBill": "bills:write", "previewBill": "bills:read",
    "captureTransaction": "transactions:write", "voidTransaction": "transactions:write",
    "refundTransaction": "transactions:write", "openChargeback": "transactions:write",
    "allocateCredit": "transactions:write",
    "listTransactions": "transactions:read", "getTransaction": "transactions:read",
    "recordTransaction": "transactions:write", "resolveTransaction": "transactions:write",
    "listEntitlements": "entitlements:read", "getEntitlement": "entitlements:read",
    "checkAccess": "entitlements:read", "checkAccessBatch": "entitlements:read",
    "grantEntitlement": "entitlements:write", "suspendEntitlement": "entitlements:write",
    "reinstateEntitlement": "entitlements:write", "extendEntitlement": "entitlements:write",
    "revokeEntitlement": "entitlements:write",
    "listFulfillments": "fulfillments:read", "getFulfillment": "fulfillments:read",
    "listFulfillmentsOfProduct": "fulfillments:read", "createFulfillment": "fulfillments:write",
    "readyFulfillment": "fulfillments:write", "failFulfillment": "fulfillments:write",
    "revokeFulfillment": "fulfillments:write", "includeFulfillment": "fulfillments:write",
    "dispatchFulfillment": "fulfillments:write", "deliverFulfillment": "fulfillments:write",
    "returnFulfillment": "fulfillments:write", "reportFulfillment": "fulfillments:write",
    "reshipFulfillment": "fulfillments:write", "creditFulfillment": "fulfillments:write",
    "cancelFulfillment": "fulfillments:write", "listDeliveryStops": "fulfillments:read",
    "addDeliveryStop": "fulfillments:write", "removeDeliveryStop": "fulfillments:write",
    "getCheckpoint": "audit:read", "proveInclusion": "audit:read",
    "getVendorHistory": "audit:read", "getProductHistory": "audit:read",
    "getUserHistory": "audit:read", "getContractHistory": "audit:read",
    "getBillHistory": "audit:read", "getTransactionHistory": "audit:read",
    "getEntitlementHistory": "audit:read", "getFulfillmentHistory": "audit:read",
    "proveConsistency": "audit:read", "proveBill": "audit:read",
    "listEvents": "events:read", "listEventSchemas": "events:read", "getEventSchema": "events:read",
    "listWebhookEndpoints": "webhooks:read", "getWebhookEndpoint": "webhooks:read",
    "getWebhookDeliveries": "webhooks:read", "createWebhookEndpoint": "webhooks:write",
    "updateWebhookEndpoint": "webhooks:write", "deleteWebhookEndpoint": "webhooks:write",
    "enableWebhookEndpoint": "webhooks:write", "disableWebhookEndpoint": "webhooks:write",
    "rotateWebhookSecret": "webhooks:write", "replayWebhookDeliveries": "webhooks:write",
    "getLiveness": PUBLIC, "getReadiness": PUBLIC, "getMetrics": PUBLIC, "getOpenApi": PUBLIC,
    "getDocs": PUBLIC, "getDocsStart": PUBLIC, "getDocsScript": PUBLIC, "getDocsStyle": PUBLIC,
    "getDocsLicense": PUBLIC, "getDocsStateMachines": PUBLIC,
    "getDocsStateMachinesScript": PUBLIC,
}
SCOPES = sorted({scope for scope in ROWS.values() if scope})


class Authorization(ServerTest):
    def setUp(self):
        super().setUp()
        self.issuer = Issuer(self.directory)
        jwks = self.directory / "jwks.json"
        jwks.write_text(self.issuer.jwks())
        self.server = self.start(*self.issuer.arguments(jwks))
        self.first = self.server.client()
        self.operations = operations(self.first)
        self.protected = [one for one in self.operations if ROWS.get(one.id)]

    def key_of_another_server(self):
        data = self.directory / "elsewhere"
        subprocess.run([BINARY, "init", "--data", str(data)], check=True, timeout=PATIENCE,
                       stdout=subprocess.DEVNULL)
        return (data / "initial-admin-key").read_text().strip()

    def revoked_key(self):
        key = self.server.make_key("main")
        self.assertEqual(self.server.client(key).get("/management/users").status, 200)
        self.server.run("keys", "revoke", key[4:16])
        return key

    def expired_key(self):
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
        key = self.server.run("keys", "create", "--tenant", "main", "--name", "soon over",
                              "--expires-at", soon.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z")
        while self.server.client(key).get("/management/users").status == 200:
            time.sleep(0.05)
        return key

    def token(self, *scopes, **changes):
        return self.issuer.token("ed", scope=" ".join(scopes), **changes)

    def bad_tokens(self):
        """Of the kinds that keys have, too; test_tokens.py has many more."""
        good = self.token(*SCOPES)
        header, claims, signature = good.split(".")
        stranger = Issuer(self.directory / "stranger")
        hour = 3600
        return [("malformed token", good[:-5], "credentials_invalid"),
                ("unsigned token", header + "." + claims + ".", "credentials_invalid"),
                ("token of a stranger", stranger.token("ed", scope=" ".join(SCOPES)),
                 "credentials_invalid"),
                ("token of an unknown key",
                 self.issuer.signed("ed", json.dumps(self.issuer.header("ed") | {"kid": "gone"}),
                                    json.dumps(self.issuer.claims())), "credentials_invalid"),
                ("token for another", self.token(*SCOPES, aud="other"), "credentials_invalid"),
                ("token of no tenant", self.token(*SCOPES, tenant="nowhere"), "credentials_invalid"),
                ("expired token", self.token(*SCOPES, exp=int(time.time()) - hour),
                 "credentials_expired")]

    def test_every_operation_has_a_row_and_the_documented_scope(self):
        self.assertEqual({one.id: one.scopes[0] if one.scopes else PUBLIC
                          for one in self.operations}, ROWS)

    def test_without_credentials_only_what_is_public_answers(self):
        nobody = self.first.with_key(None)
        for operation in self.operations:
            with self.subTest(operation.id):
                answer = operation.ask(nobody)
                if ROWS.get(operation.id) is PUBLIC:
                    self.assert_status(answer, 200)
                else:
                    self.assert_problem(answer, 401, "credentials_missing")
                    self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))

    def test_credentials_that_are_not_good_are_refused_by_every_operation(self):
        good = self.first.key
        flipped = good[:-1] + ("0" if good[-1] != "0" else "1")
        cases = [("malformed", "Bearer " + good[:-5], "credentials_invalid"),
                 ("one letter off", "Bearer " + flipped, "credentials_invalid"),
                 ("another scheme", "Basic " + good, "credentials_invalid"),
                 ("unknown", "Bearer " + self.key_of_another_server(), "credentials_invalid"),
                 ("revoked", "Bearer " + self.revoked_key(), "credentials_revoked"),
                 ("expired", "Bearer " + self.expired_key(), "credentials_expired"),
                 *((name, "Bearer " + token, code) for name, token, code in self.bad_tokens())]
        nobody = self.first.with_key(None)
        for operation in self.protected:
            for name, credentials, code in cases:
                with self.subTest(operation.id, credentials=name):
                    answer = operation.ask(nobody, Authorization=credentials)
                    self.assert_problem(answer, 401, code)

    def test_every_other_scope_is_not_enough(self):
        without = {scope: self.server.client(self.server.make_key(
            "main", *(one for one in SCOPES if one != scope))) for scope in SCOPES}
        only = {scope: self.server.client(self.server.make_key("main", scope)) for scope in SCOPES}
        self.check_scopes(without, only)

    def test_every_other_scope_of_a_token_is_not_enough(self):
        without = {scope: self.server.client(self.token(*(one for one in SCOPES if one != scope)))
                   for scope in SCOPES}
        only = {scope: self.server.client(self.token(scope)) for scope in SCOPES}
        self.check_scopes(without, only)

    def check_scopes(self, without, only):
        for operation in self.protected:
            scope = ROWS[operation.id]
            with self.subTest(operation.id):
                refused = operation.ask(without[scope])
                self.assert_problem(refused, 403, "insufficient_scope")
                self.assertIn(f'scope="{scope}"', refused.headers["WWW-Authenticate"])
                self.assertIn(operation.ask(only[scope]).status,
                              (200, 201, 204, 404, 409, 422))

    def test_what_another_tenant_has_is_unknown_or_not_listed(self):
        make_catalogue(self.first)
        user, contract, bill = make_contract(self.first)
        paid = self.first.made("/management/transactions", charge_of(bill))
        right = self.first.got("/management/entitlements")[0]
        sent = self.first.made("/management/products/daily/fulfillments",
                               {"contractId": contract["id"], "kind": "epaper"})
        ids = {"vendors": "nordlys", "products": "daily", "users": user["id"],
               "contracts": contract["id"], "bills": bill["id"], "transactions": paid["id"],
               "entitlements": right["id"], "fulfillments": sent["id"]}
        other = self.server.make_tenant("other")
        self.check_other_tenant(other, ids, contract["id"], bill["id"], paid["id"], right["id"],
                                sent["id"])
        token = self.server.client(self.token(*SCOPES, tenant="other"))
        self.check_other_tenant(token, ids, contract["id"], bill["id"], paid["id"], right["id"],
                                sent["id"])

    def check_other_tenant(self, other, ids, *foreign_ids):
        for operation in self.protected:
            with self.subTest(operation.id):
                answer = operation.ask(other, ids.get(operation.kind, "nothing"))
                if operation.id == "verifyPassword":  # It tells nobody whom there is.
                    self.assert_problem(answer, 422, "password_incorrect")
                elif operation.names_one:
                    self.assert_problem(answer, 404, "not_found")
                for foreign in foreign_ids:
                    if not operation.names_one:
                        self.assertNotIn(foreign, answer.body.decode())


if __name__ == "__main__":
    main()
