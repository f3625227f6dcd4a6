"""Brokers that want to know who asks: SASL with PLAIN and with OAUTHBEARER."""
# labels: slow release-only
# timeout: 300

import base64
import json
import subprocess
import time

import kafka
from support import BINARY, PATIENCE, ServerTest

PASSWORD = "canary-password-of-kafka"


def token(seconds):
    """One that the brokers' test mode takes: without a signature."""
    def part(claims):
        return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    now = int(time.time())
    return f"{part({'alg': 'none'})}.{part({'sub': 'daybook', 'iat': now, 'exp': now + seconds})}."


class Security(ServerTest):
    def secret(self, text):
        path = self.directory / "secret"
        path.write_text(text + "\n")
        path.chmod(0o600)
        return str(path)

    def assert_serves(self, prefix, *arguments):
        kafka.make_topics(prefix, 1, *arguments)
        server = self.start("--journal", "kafka", "--brokers", kafka.brokers(),
                            "--kafka-topic-prefix", prefix, *arguments)
        server.client().made("/management/users", {"email": "ada@example.org"})
        self.assertEqual(server.terminate(), 0)
        return server.log_text()

    def test_a_password_opens_and_is_not_logged(self):
        arguments = ("--kafka-security-protocol", "sasl_plaintext",
                     "--kafka-sasl-mechanism", "PLAIN", "--kafka-sasl-username", "daybook",
                     "--kafka-sasl-password-file", self.secret(PASSWORD))
        self.assertNotIn(PASSWORD, self.assert_serves("password", *arguments))

    def test_a_token_opens_and_is_not_logged(self):
        text = token(3600)
        arguments = ("--kafka-security-protocol", "sasl_plaintext",
                     "--kafka-sasl-mechanism", "OAUTHBEARER",
                     "--kafka-oauth-token-file", self.secret(text))
        self.assertNotIn(text, self.assert_serves("token", *arguments))

    def test_a_wrong_password_is_said_and_not_shown(self):
        done = subprocess.run(
            [BINARY, "topics", "create", "--brokers", kafka.brokers(),
             "--kafka-security-protocol", "sasl_plaintext", "--kafka-sasl-mechanism", "PLAIN",
             "--kafka-sasl-username", "daybook",
             "--kafka-sasl-password-file", self.secret("not-" + PASSWORD)],
            timeout=PATIENCE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("uthentication failed", done.stderr)
        self.assertNotIn(PASSWORD, done.stderr)


if __name__ == "__main__":
    LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    BEARER = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
    kafka.main(
        __file__,
        listener__security__protocol__map="PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
        sasl__enabled__mechanisms="PLAIN,OAUTHBEARER",
        sasl__mechanism__inter__broker__protocol="PLAIN",
        listener__name__plaintext__plain__sasl__jaas__config=
        f'{LOGIN} username="broker" password="broker" user_broker="broker" '
        f'user_daybook="{PASSWORD}";',
        listener__name__plaintext__oauthbearer__sasl__jaas__config=
        f'{BEARER} unsecuredLoginStringClaim_sub="broker";')
