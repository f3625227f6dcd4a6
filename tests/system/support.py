"""What the system tests share: a server of their own, and a small HTTP client.

A test is a unittest case in a file of its own. It starts the program DAYBOOK_BINARY on a temporary
directory and a free port, so tests run in parallel, and everything is gone when it ends.
"""

import contextlib
import datetime
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

BINARY = os.environ.get("DAYBOOK_BINARY", "build/release/daybook")
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 60  # Seconds; for what must come, however busy the machine is.


def wait_until(is_so):
    """Asks until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError("it does not come about")
        time.sleep(0.01)


def parse(text):
    """The time that a text of the server's is, with its zone."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def text_of(time):
    """A time, in UTC, as the server writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def rounds(short, long):
    """How many (or what else), in `./dev test` and in `./dev test --long`."""
    return long if os.environ.get("LONG_TESTS") else short


class Answer:
    """A response as it came. Field names have no case."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body) if self.body else None

    @property
    def etag(self):
        return self.headers["ETag"]

    def __repr__(self):
        return f"{self.status} {self.body.decode(errors='replace')}"


class Client:
    """Keep-alive connections to one server with one key, one for each thread."""

    def __init__(self, address, key=None, timeout=PATIENCE, tls=None):
        self.address = address
        self.key = key
        self.timeout = timeout
        self.tls = tls  # An ssl.SSLContext, where the server has TLS.
        self.local = threading.local()

    def with_key(self, key):
        return Client(self.address, key, self.timeout, self.tls)

    def close(self):
        if getattr(self.local, "connection", None) is not None:
            self.local.connection.close()
        self.local.connection = None

    def connection(self):
        if self.tls is None:
            return http.client.HTTPConnection(*self.address, timeout=self.timeout)
        return http.client.HTTPSConnection(*self.address, timeout=self.timeout, context=self.tls)

    def ask(self, method, path, body=None, **headers):
        """`body` is bytes as they are, or what is to be sent as JSON; field_name is Field-Name."""
        if getattr(self.local, "connection", None) is None:
            self.local.connection = self.connection()
        sent = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        if self.key is not None:
            sent.setdefault("Authorization", "Bearer " + self.key)
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self.local.connection.request(method, path, body, sent)
            return Answer(self.local.connection.getresponse())
        except BaseException:
            self.close()
            raise

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, {} if body is None else body, **headers)

    def made(self, path, body=None, **headers):
        """The resource that a write answers with; anything but a success is an error."""
        answer = self.post(path, body, **headers)
        if answer.status not in (200, 201):
            raise AssertionError(f"POST {path}: {answer}")
        return answer.json

    def got(self, path, **headers):
        answer = self.get(path, **headers)
        if answer.status != 200:
            raise AssertionError(f"GET {path}: {answer}")
        return answer.json

    def listed(self, path):
        """All pages of a list, joined."""
        rows, separator = [], "&" if "?" in path else "?"
        path = f"{path}{separator}limit=100"
        while path:
            answer = self.get(path)
            if answer.status != 200:
                raise AssertionError(f"GET {path}: {answer}")
            rows += answer.json
            path = next_page(answer)
        return rows


def next_page(answer):
    """The target of the Link to the next page, or None."""
    link = answer.headers.get("Link", "")
    return link[link.index("<") + 1:link.index(">")] if 'rel="next"' in link else None


class Server:
    """One process of the program. `wrapper` stands before its command line, such as strace's."""

    def __init__(self, data, *arguments, wrapper=(), log=None, listen="127.0.0.1:0"):
        self.data = pathlib.Path(data)
        self.log = pathlib.Path(log or str(data) + ".log")
        command = [*wrapper, BINARY, "serve", "--data", str(data), "--listen", listen, *arguments]
        with open(self.log, "ab") as log_file:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log_file)
        self.address = self.url = None

    def wait_until_started(self):
        """False if it ended before."""
        for line in self.process.stdout:
            text = line.decode()
            if " serves on http" in text:
                self.url = text.split(" serves on ")[1].strip()
                host, _, port = self.url.split("://")[1].rpartition(":")
                self.address = (host, int(port))
                return True
        self.process.wait(PATIENCE)
        return False

    @property
    def first_key(self):
        return (self.data / "initial-admin-key").read_text().strip()

    def client(self, key=None, **options):
        return Client(self.address, key or self.first_key, **options)

    def wait_until_ready(self):
        """Until the views have all that was in the journal at the start."""
        client = Client(self.address)
        while client.get("/readyz").status != 200:
            time.sleep(0.01)

    def run(self, *arguments, check=True):
        """Another command of the program on the same data directory; its output."""
        done = subprocess.run([BINARY, *arguments, "--data", str(self.data)], timeout=PATIENCE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.returncode} {done.stderr}")
        return done.stdout.strip()

    def make_key(self, tenant, *scopes):
        arguments = [word for scope in scopes for word in ("--scope", scope)]
        return self.run("keys", "create", "--tenant", tenant, "--name", "test", *arguments)

    def make_tenant(self, tenant, *options):
        """A client of a new tenant."""
        self.run("tenants", "create", tenant, *options)
        return self.client(self.make_key(tenant))

    def terminate(self):
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.end()
        if code != 0:
            print(f"ended with {code}:\n{self.log_text()[-3000:]}", flush=True)
        return code

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        return self.end()

    def end(self):
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code

    def log_text(self):
        return self.log.read_text(errors="replace")


class ServerTest(unittest.TestCase):
    """A test with a temporary directory; the servers that it starts end with it."""

    arguments = ()  # Of each server.

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="daybook-test-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def start(self, *arguments, data=None, **options):
        server = Server(data or self.directory / "data", *self.arguments, *arguments, **options)
        self.addCleanup(self.clean_up, server)
        if not server.wait_until_started():
            self.fail(f"it ended with {server.process.returncode}: {server.log_text()[-2000:]}")
        return server

    def refused_to_start(self, *arguments, listen="127.0.0.1:0"):
        """What the program says when a setting is wrong."""
        done = subprocess.run([BINARY, "serve", "--data", str(self.directory / "data"), "--listen",
                               listen, *arguments], timeout=PATIENCE, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 3, done.stderr)
        return done.stderr

    @staticmethod
    def clean_up(server):
        with contextlib.suppress(OSError):
            server.kill()

    def assert_status(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        return answer

    def assert_problem(self, answer, status, code=None, *pointers):
        """A problem document with this status and code, and at least these errors."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        problem = answer.json
        for member in ("type", "title", "status", "detail", "code", "requestId", "errors"):
            self.assertIn(member, problem)
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["requestId"], answer.headers["X-Request-Id"])
        if code is not None:
            self.assertEqual(problem["code"], code, problem)
        given = [error["pointer"] for error in problem["errors"]]
        for pointer in pointers:
            self.assertIn(pointer, given)
        return problem


def ask_raw(address, data):
    """Sends the bytes on a connection of their own, and reads until the server closes it."""
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall(data)
        received = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                received += piece
    return received


# The least that is needed for a sale ----------------------------------------------------------------

VENDOR = {"id": "nordlys", "name": "Nordlys Media", "country": "NO", "currency": "NOK"}
PRODUCT = {"sku": "daily", "type": "publication", "vendorId": "nordlys", "title": "The Daily",
           "purchaseOptions": [{"id": "monthly", "name": "Every month",
                                "purchaseType": "recurring", "amount": 19900, "currency": "NOK",
                                "taxRate": 2500, "recurringInterval": "MONTH",
                                "recurringTime": 1}]}


def make_catalogue(client):
    client.made("/management/vendors", VENDOR)
    client.made("/management/products", PRODUCT)


def make_contract(client, email="ada@example.org"):
    """A confirmed contract of a new user; user, contract and its issued bill."""
    user = client.made("/management/users", {"email": email, "name": "Ada Berg"})
    contract = client.made("/management/contracts",
                           {"userId": user["id"],
                            "items": [{"sku": "daily", "purchaseOptionId": "monthly"}]})
    contract = client.made(f"/management/contracts/{contract['id']}/confirm")
    bill = client.got(f"/management/bills?contractId={contract['id']}")[0]
    return user, contract, bill


def charge_of(bill, reference="charge-1"):
    return {"type": "charge", "status": "succeeded", "amount": bill["amountRemaining"],
            "currency": bill["currency"], "userId": bill["userId"], "billId": bill["id"],
            "provider": "test-pay", "providerReference": reference}


# Every operation that the server describes ----------------------------------------------------------

# Bodies that pass, for operations that refuse {}.
BODIES = {
    "createVendor": {"name": "Fjord Press"},
    "createProduct": {**PRODUCT, "sku": "weekly"},
    "createUser": {"email": "bo@example.org"},
    "createContract": {"userId": "u", "items": [{"sku": "daily", "purchaseOptionId": "monthly"}]},
    "createBill": {"userId": "u", "vendorId": "nordlys", "currency": "NOK"},
    "recordTransaction": {"type": "charge", "status": "succeeded", "amount": 1, "currency": "NOK",
                          "userId": "u", "provider": "p", "providerReference": "r"},
    "grantEntitlement": {"userId": "u", "sku": "daily"},
    "changeLoginIdentifier": {"email": "new@example.org"},
    "setPassword": {"password": "correct horse"},
    "verifyPassword": {"password": "correct horse"},
    "voidBill": {"reason": "sent by mistake"},
    "refundBill": {"amount": 1},
    "resolveTransaction": {"status": "succeeded"},
    "extendEntitlement": {"endsAt": "2099-01-01T00:00:00Z"},
    "advanceClock": {"to": "2099-01-01T00:00:00Z"},
    "changeContract": {"items": [{"sku": "daily", "purchaseOptionId": "monthly"}]},
    "changeContractPrice": {"prices": [{"sku": "daily", "purchaseOptionId": "monthly",
                                        "unitAmount": 1}]},
    "changeContractPayer": {"payerId": "u"},
    "changeDeliveryAddress": {"deliveryAddress": {"street": "Storgata"}},
    "consumeContractIssue": {"issueCode": "2026-01"},
    "importContract": {"userId": "u", "items": [{"sku": "daily", "purchaseOptionId": "monthly"}]},
    "previewBill": {"contractId": "c"},
    "allocateCredit": {"allocations": [{"billId": "b"}]},
    "createWebhookEndpoint": {"url": "https://nordlys.invalid/hook"},
    "replayWebhookDeliveries": {"after": "0-1"},
    "checkAccessBatch": [{"userId": "u", "sku": "daily"}],
    "createFulfillment": {"userId": "u", "kind": "download"},
    "readyFulfillment": {"url": "https://nordlys.invalid/file"},
    "addDeliveryStop": {"from": "2099-01-01", "to": "2099-01-14"},
}
# Queries, likewise.
QUERIES = {
    "checkAccess": "?userId=u&sku=daily",
    "listEvents": "?limit=1000",  # Otherwise the answer goes on.
    "proveInclusion": "?position=0-1",
    "proveConsistency": "?from=1",
}


class Operation:
    """One operation of /openapi.json."""

    def __init__(self, method, path, described):
        self.id = described["operationId"]
        self.method = method.upper()
        self.path = path
        self.scopes = [scope for one in described.get("security", []) for scope in one["apiKey"]]
        self.has_body = "requestBody" in described
        self.needs_version = any(one["name"] == "If-Match" and one.get("required")
                                 for one in described.get("parameters", []))
        self.kind = path.split("/")[2] if path.startswith("/management/") else None

    @property
    def names_one(self):
        return "{" in self.path

    def ask(self, client, resource="nothing", **headers):
        path = self.path.replace("{id}", resource).replace("{sku}", resource)
        path = path.replace("{key}", "color").replace("{type}", resource).replace("{stop}", "s")
        path += QUERIES.get(self.id, "")
        if self.needs_version:
            headers.setdefault("If_Match", '"1"')
        body = BODIES.get(self.id, {}) if self.has_body else None
        return client.ask(self.method, path, body, **headers)


def operations(client):
    document = client.got("/openapi.json")
    return [Operation(method, path, described) for path, methods in document["paths"].items()
            for method, described in methods.items()]


def main():
    # Connections live as long as the test; to close each one would be noise.
    unittest.main(verbosity=2, warnings="ignore")
