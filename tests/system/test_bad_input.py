"""What is wrong with a request is said in a problem document with the right status, all at once."""

import json

from support import PRODUCT, VENDOR, ServerTest, ask_raw, main

DEEP = "[" * 70 + "]" * 70


class BadInput(ServerTest):
    def setUp(self):
        super().setUp()
        self.client = self.start().client()

    def test_json_that_is_not_well_formed_is_refused(self):
        cases = [b'{"name":"x"', b'{"name":"x"} x', b'{"name":"x","name":"y"}', b'{name:"x"}',
                 b'{"name":"\xff"}', b'{"name":"x",}', b"{'name':'x'}", b"\xef\xbb\xbf{}x",
                 b'{"name":"x","metadata":{"a":1e400}}', b'{"name":"\\ud800"}', b'{"name":"\x01"}',
                 b'{"name":"x","metadata":{"a":%s}}' % DEEP.encode(), b"{\"name\":\"x\"}\x00"]
        for body in cases:
            with self.subTest(body[:60]):
                self.assert_problem(self.client.post("/management/vendors", body), 400)
        self.assertEqual(self.client.got("/management/vendors"), [])

    def test_all_that_is_wrong_in_a_body_is_said_at_once(self):
        body = {"currency": 5, "userId": True, "status": "PAID", "total": 3, "nope": 1,
                "items": [{"sku": "a", "title": "A", "quantity": "x", "unitAmount": 1.5}]}
        problem = self.assert_problem(
            self.client.post("/management/bills", body), 422, "invalid_body", "/currency",
            "/userId", "/status", "/total", "/nope", "/vendorId", "/items/0/quantity",
            "/items/0/unitAmount")
        codes = {error["pointer"]: error["code"] for error in problem["errors"]}
        self.assertEqual(codes["/status"], "read_only_field")
        self.assertEqual(codes["/total"], "read_only_field")
        self.assertEqual(codes["/nope"], "unknown_field")
        self.assertEqual(codes["/vendorId"], "required")

    def test_a_body_of_the_wrong_kind_is_refused(self):
        for body in (b"[]", b"1", b"null", b'"text"', b"true"):
            with self.subTest(body):
                self.assert_problem(self.client.post("/management/vendors", body), 422,
                                    "invalid_body")
        self.assert_problem(self.client.post("/management/vendors", b""), 400)

    def test_query_parameters_are_never_guessed_at(self):
        cases = {"limt=5": "unknown_parameter", "limit=1&limit=2": "repeated_parameter",
                 "limit=0": "invalid_parameter", "limit=101": "invalid_parameter",
                 "limit=x": "invalid_parameter", "offset=-1": "invalid_parameter",
                 "offset=10001": "invalid_parameter", "count=maybe": "invalid_parameter",
                 "status=NOPE": "invalid_parameter", "createdAt[gte]=x": "invalid_parameter",
                 "cursor=abc": "invalid_cursor", "createdAt[ge]=2026-01-01": "unknown_parameter"}
        for query, code in cases.items():
            with self.subTest(query):
                self.assert_problem(self.client.get("/management/users?" + query), 400, code)
        self.assert_problem(self.client.get("/management/users?limit=0&offset=x&count=y"), 400,
                            "invalid_parameter", "limit", "offset", "count")
        for i in range(2):
            self.client.made("/management/users", {"email": f"u{i}@example.org"})
        link = self.client.get("/management/users?limit=1").headers["Link"]
        cursor = link[link.index("cursor=") + 7:link.index(">")]
        self.assert_problem(self.client.get(f"/management/users?status=ACTIVE&cursor={cursor}"), 400,
                            "cursor_mismatch")
        self.assert_problem(self.client.post("/management/vendors?dryRun=maybe", VENDOR), 400,
                            "invalid_parameter", "dryRun")

    def test_what_is_asked_for_in_the_wrong_way_is_refused(self):
        ask = self.client.ask
        self.assert_problem(ask("GET", "/nowhere"), 404, "unknown_path")
        self.assert_problem(ask("GET", "/management/users/nobody"), 404, "not_found")
        wrong = ask("DELETE", "/management/users")
        self.assert_problem(wrong, 405, "method_not_allowed")
        self.assertEqual(wrong.headers["Allow"], "GET, HEAD, POST, OPTIONS")
        self.assert_problem(ask("BREW", "/management/users"), 501, "method_not_implemented")
        self.assert_problem(ask("GET", "/management/users", Accept="text/html"), 406,
                            "not_acceptable")
        self.assert_problem(ask("POST", "/management/users", b"a=b",
                                Content_Type="application/x-www-form-urlencoded"), 415,
                            "unsupported_media_type")
        self.assert_problem(ask("GET", "/management/users", Daybook_Min_Position="x"), 400,
                            "invalid_position")
        self.assert_problem(ask("POST", "/management/vendors", VENDOR, Idempotency_Key="a" * 256),
                            400, "invalid_idempotency_key")

    def test_a_change_needs_the_version_that_was_seen(self):
        self.client.made("/management/vendors", VENDOR)
        self.client.made("/management/products", PRODUCT)
        patch = lambda **headers: self.client.ask(
            "PATCH", "/management/products/daily", {"title": "New"}, **headers)
        self.assert_problem(patch(), 428, "if_match_required")
        self.assert_problem(patch(If_Match='"7"'), 412)
        self.assert_problem(patch(If_Match='W/"1"'), 412)
        changed = self.assert_status(patch(If_Match='"1"'), 200)
        self.assertEqual((changed.etag, changed.json["title"]), ('"2"', "New"))
        self.assert_problem(patch(If_Match='"1"'), 412)

        get = lambda tag: self.client.get("/management/products/daily", If_None_Match=tag)
        known = self.assert_status(get('"2"'), 304)
        self.assertEqual((known.body, known.etag), (b"", '"2"'))
        self.assert_status(get('"1"'), 200)

    def test_the_same_write_again_is_answered_with_the_same_bytes(self):
        body = {"email": "ada@example.org", "name": "Ada"}
        post = lambda what: self.client.post("/management/users", what, Idempotency_Key="k-1")
        first, again = post(body), post(body)
        self.assert_status(first, 201)
        self.assertEqual((again.status, again.body), (first.status, first.body))
        self.assertEqual(again.headers["Location"], first.headers["Location"])
        self.assertEqual(again.headers["Idempotent-Replayed"], "true")
        self.assertIsNone(first.headers["Idempotent-Replayed"])
        self.assertEqual(len(self.client.got("/management/users")), 1)
        self.assert_problem(post({**body, "name": "Eve"}), 422, "idempotency_key_reused")

    def test_a_refusal_is_not_remembered(self):
        post = lambda what: self.client.post("/management/users", what, Idempotency_Key="k-2")
        self.assert_problem(post({"email": "nothing"}), 422)
        self.assert_status(post({"email": "ada@example.org"}), 201)

    def test_a_dry_run_says_what_would_happen_and_does_nothing(self):
        answer = self.assert_status(self.client.post("/management/vendors?dryRun=true", VENDOR), 200)
        self.assertEqual(answer.json["resource"]["id"], "nordlys")
        self.assertEqual([one["type"] for one in answer.json["events"]], ["VendorCreated"])
        self.assertEqual(self.client.got("/management/vendors"), [])
        self.assert_problem(self.client.post("/management/vendors?dryRun=true", {}), 422)

    def test_a_refused_transition_says_what_is_allowed(self):
        self.client.made("/management/vendors", VENDOR)
        problem = self.assert_problem(self.client.post("/management/vendors/nordlys/reinstate"), 409)
        self.assertEqual(problem["from"], "ACTIVE")
        self.assertIn("SuspendVendor", problem["allowed"])

    def test_too_large_is_refused_and_leaves_the_server_well(self):
        large = b'{"name":"%s"}' % (b"x" * (1 << 20))
        head = (b"POST /management/vendors HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
                b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                % (self.client.key.encode(), len(large)))
        self.assert_raw(head, 413, "body_too_large")
        self.assert_raw(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 9000 + b"\r\n\r\n", 431,
                        "header_too_large")
        many = b"".join(b"F%d: 1\r\n" % i for i in range(101))
        self.assert_raw(b"GET / HTTP/1.1\r\nHost: a\r\n" + many + b"\r\n", 431, "too_many_fields")
        self.assertEqual(self.client.got("/management/vendors"), [])

    def test_the_gate_lets_no_second_request_be_smuggled(self):
        post = b"POST /management/users HTTP/1.1\r\n"
        body = b"0\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
        cases = [
            (b"GET /livez HTTP/1.1\r\n\r\n", 400, "host_missing"),
            (b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "repeated_field"),
            (b"GET /livez HTTP/1.1\r\nHost: a\n\r\n", 400, "malformed_request"),
            (b"GET /livez HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n", 400, "malformed_request"),
            (b"GET /livez#x HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
            (b"GET /l\xc3\xa6 HTTP/1.1\r\nHost: a\r\n\r\n", 400, None),
            (post + b"Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + body, 400,
             None),
            (post + b"Host: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + body, 501,
             "transfer_encoding_not_supported"),
            (post + b"Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
             + body, 400, None),
            (post + b"Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx" + body, 400, None),
            (post + b"Host: a\r\nContent-Length: +1\r\n\r\nx" + body, 400, None),
        ]
        for request, status, code in cases:
            with self.subTest(request[:90]):
                self.assert_raw(request, status, code)

    def assert_raw(self, request, status, code):
        """One answer only, a problem, and the end of the connection."""
        received = ask_raw(self.client.address, request)
        self.assertEqual(received.count(b"\r\nServer: "), 1, received)
        head, _, body = received.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 %d " % status), received)
        self.assertIn(b"application/problem+json", head)
        self.assertIn(b"Connection: close", head)
        if code:
            self.assertEqual(json.loads(body)["code"], code)


if __name__ == "__main__":
    main()
