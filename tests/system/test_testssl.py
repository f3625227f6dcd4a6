"""The TLS listener before testssl.sh, which knows what has gone wrong with TLS so far."""
# labels: slow release-only
# timeout: 900

import json
import subprocess

from support import ServerTest, main


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, timeout=60, capture_output=True)


class TestSsl(ServerTest):
    def make_certificates(self):
        """A root, and a certificate of its that says where revocations would be published."""
        root, key = self.directory / "root.pem", self.directory / "root.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=Root of a test", "-days", "120", "-keyout", str(key), "-out", str(root))
        request, self.key = self.directory / "server.csr", self.directory / "server.key"
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=localhost", "-keyout", str(self.key), "-out", str(request))
        self.key.chmod(0o600)
        extensions = self.directory / "extensions"
        extensions.write_text("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n"
                              "keyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n"
                              "crlDistributionPoints=URI:http://crl.invalid/root.crl\n")
        self.certificate = self.directory / "server.pem"
        openssl("x509", "-req", "-in", str(request), "-CA", str(root), "-CAkey", str(key),
                "-set_serial", "0x1c0ffee5deadbeef01", "-days", "90", "-extfile", str(extensions),
                "-out", str(self.certificate))
        return root

    def test_it_finds_nothing_above_low(self):
        root = self.make_certificates()
        server = self.start("--tls-certificate-file", str(self.certificate), "--tls-key-file",
                            str(self.key))
        report = self.directory / "report.json"
        done = subprocess.run(
            ["testssl", "--quiet", "--color", "0", "--warnings", "batch", "--nodns", "none",
             "--ip", "127.0.0.1", "--add-ca", str(root), "--openssl-timeout", "20",
             "--jsonfile", str(report), f"https://localhost:{server.address[1]}"],
            capture_output=True, text=True, timeout=800, check=False)
        self.assertTrue(report.exists(), done.stdout + done.stderr)
        findings = json.loads(report.read_text())
        self.assertGreater(len(findings), 80, done.stdout)
        above = [one for one in findings
                 if one["severity"] in ("MEDIUM", "HIGH", "CRITICAL", "FATAL")]
        self.assertEqual(above, [], done.stdout)


if __name__ == "__main__":
    main()
