"""TLS: what clients get, what they are refused, and new certificates without an interruption."""
# timeout: 300

import contextlib
import datetime
import os
import signal
import socket
import ssl
import subprocess

from support import (BINARY, PATIENCE, Client, ServerTest, ask_raw, main, make_catalogue,
                     wait_until)

HELLO = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, timeout=PATIENCE, capture_output=True)


class Tls(ServerTest):
    def setUp(self):
        super().setUp()
        self.certificate, self.key = self.directory / "server.pem", self.directory / "server.key"
        self.install(*self.make("first"))
        self.arguments = ("--tls-certificate-file", str(self.certificate),
                          "--tls-key-file", str(self.key))

    def make(self, name):
        """A certificate for localhost that vouches for itself, and its key."""
        certificate, key = self.directory / f"{name}.pem", self.directory / f"{name}.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-days", "30", "-keyout", str(key), "-out", str(certificate))
        return certificate, key

    def install(self, certificate, key, mode=0o600):
        """Puts both in the place where the server looks."""
        for made, place in ((certificate, self.certificate), (key, self.key)):
            text = made.read_bytes()
            new = place.with_suffix(".new")
            new.write_bytes(text)
            new.chmod(mode)
            new.rename(place)

    @staticmethod
    def trusting(certificate):
        context = ssl.create_default_context(cafile=str(certificate))
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context

    @contextlib.contextmanager
    def connected(self, server, context):
        with socket.create_connection(server.address, timeout=PATIENCE) as plain, \
                context.wrap_socket(plain, server_hostname="localhost") as connection:
            yield connection

    def common_name(self, server):
        """Of the certificate that a new connection is shown."""
        context = ssl.create_default_context(cafile=str(self.directory / "first.pem"))
        for other in self.directory.glob("*.pem"):
            with contextlib.suppress(ssl.SSLError):
                context.load_verify_locations(str(other))
        with self.connected(server, context) as connection:
            return dict(one[0] for one in connection.getpeercert()["subject"])["commonName"]

    @staticmethod
    def ask_on(connection):
        connection.sendall(HELLO)
        return connection.recv(4096).split(b"\r\n")[0]

    def reload(self, server, event):
        before = server.log_text().count(event)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: server.log_text().count(event) > before)

    def test_the_interface_is_served_in_tls_alone(self):
        server = self.start()
        self.assertTrue(server.url.startswith("https://"))
        client = Client(server.address, server.first_key, tls=self.trusting(self.certificate))
        make_catalogue(client)
        self.assertEqual(client.got("/management/vendors")[0]["id"], "nordlys")
        large = "x" * 400_000  # Many times what TLS sends in a piece.
        answer = client.post("/management/vendors", {"name": large})
        self.assert_problem(answer, 422)
        self.assertEqual(ask_raw(server.address, HELLO), b"")
        self.assertEqual(server.terminate(), 0)

    def test_1_2_and_1_3_are_spoken_and_nothing_older_or_weaker(self):
        server = self.start()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = self.trusting(self.certificate)
            context.minimum_version = context.maximum_version = version
            with self.connected(server, context) as connection:
                self.assertEqual(connection.version(), version.name.replace("_", "."))
                self.assertEqual(connection.selected_alpn_protocol(), "http/1.1")
                self.assertEqual(self.ask_on(connection), b"HTTP/1.1 200 OK")
        refused = {"1.0": (ssl.TLSVersion.TLSv1, "ALL:@SECLEVEL=0"),
                   "1.1": (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"),
                   "no forward secrecy": (ssl.TLSVersion.TLSv1_2, "kRSA:@SECLEVEL=0"),
                   "CBC": (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")}
        for name, (version, ciphers) in refused.items():
            with self.subTest(name):
                context = self.trusting(self.certificate)
                context.set_ciphers(ciphers)
                context.minimum_version = context.maximum_version = version
                with self.assertRaises(ssl.SSLError), self.connected(server, context):
                    pass

    def test_a_client_that_speaks_another_protocol_only_is_told_so(self):
        server = self.start()
        context = self.trusting(self.certificate)
        context.set_alpn_protocols(["h2"])
        with self.assertRaises(ssl.SSLError), self.connected(server, context):
            pass

    def test_a_new_certificate_is_taken_without_an_interruption(self):
        server = self.start()
        with self.connected(server, self.trusting(self.directory / "first.pem")) as kept:
            self.assertEqual(self.ask_on(kept), b"HTTP/1.1 200 OK")
            self.install(*self.make("second"))
            self.assertEqual(self.common_name(server), "first")
            self.reload(server, '"tls_reloaded"')
            self.assertEqual(self.common_name(server), "second")
            self.assertEqual(self.ask_on(kept), b"HTTP/1.1 200 OK")

    def test_a_new_certificate_that_cannot_be_used_leaves_the_old_one(self):
        server = self.start()
        good = self.make("good")
        _, other_key = self.make("other")
        broken = self.directory / "broken.pem"
        broken.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
        weak, weak_key = self.directory / "weak.pem", self.directory / "weak.key"
        openssl("req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=weak",
                "-keyout", str(weak_key), "-out", str(weak))
        cases = {"not a certificate": (broken, good[1]), "another one's key": (good[0], other_key),
                 "weak": (weak, weak_key), "a certificate twice": (good[0], good[0])}
        for name, files in cases.items():
            with self.subTest(name):
                self.install(*files)
                self.reload(server, '"tls_not_reloaded"')
                self.assertEqual(self.common_name(server), "first")
        with self.subTest("everybody can read the key"):
            self.install(*good, mode=0o644)
            self.reload(server, '"tls_not_reloaded"')
            self.assertEqual(self.common_name(server), "first")
        self.assertIn("everybody on this machine can read it", server.log_text())
        self.install(*good)
        self.reload(server, '"tls_reloaded"')
        self.assertEqual(self.common_name(server), "good")

    def test_it_does_not_start_with_files_that_cannot_be_used(self):
        cases = {"without its key": ("--tls-certificate-file", str(self.certificate)),
                 "without its certificate": ("--tls-key-file", str(self.key)),
                 "missing": ("--tls-certificate-file", "/nonexistent", "--tls-key-file",
                             str(self.key)),
                 "no vouchers": (*self.arguments, "--tls-ca-file", "/nonexistent")}
        for name, arguments in cases.items():
            with self.subTest(name):
                self.assertIn("tls", self.refused_to_start(*arguments))

    def test_with_tls_other_machines_may_reach_it_without_a_word(self):
        data = self.directory / "data"
        subprocess.run([BINARY, "init", "--data", str(data)], check=True, timeout=PATIENCE,
                       stdout=subprocess.DEVNULL)
        self.start(data=data, listen="0.0.0.0:0")

    def test_who_stops_listening_to_events_is_noticed(self):
        server = self.start()
        client = Client(server.address, server.first_key, tls=self.trusting(self.certificate))

        def connections():
            lines = client.get("/metrics").body.decode().splitlines()
            return [line for line in lines if line.startswith("daybook_http_connections ")]

        alone = connections()
        with self.connected(server, self.trusting(self.certificate)) as listening:
            listening.sendall(b"GET /management/events HTTP/1.1\r\nHost: localhost\r\nAccept: "
                              b"text/event-stream\r\nAuthorization: Bearer " +
                              server.first_key.encode() + b"\r\n\r\n")
            self.assertIn(b"200 OK", listening.recv(4096))
            self.assertNotEqual(connections(), alone)
            # The connection is ended as TLS ends it; the socket stays open.
            listening.setblocking(False)
            with contextlib.suppress(ssl.SSLError, BlockingIOError):
                listening.unwrap()
            wait_until(lambda: connections() == alone)

    def test_the_end_of_the_certificate_can_be_watched(self):
        server = self.start()
        client = Client(server.address, server.first_key, tls=self.trusting(self.certificate))
        lines = client.get("/metrics").body.decode().splitlines()
        (end,) = [line for line in lines if line.startswith("daybook_tls_certificate_end_seconds ")]
        days = float(end.split()[1]) - datetime.datetime.now().timestamp()
        self.assertLess(abs(days - 30 * 86400), 86400)


if __name__ == "__main__":
    os.umask(0o077)
    main()
