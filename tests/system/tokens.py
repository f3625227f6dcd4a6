"""An identity provider for tests: keys of each kind, and tokens that they sign, by openssl alone."""

import base64
import json
import pathlib
import subprocess
import time

from support import PATIENCE

ISSUER = "https://id.example.org"
AUDIENCE = "daybook"


def encoded(data):
    data = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, check=True, timeout=PATIENCE,
                          capture_output=True).stdout


def plain_signature(der):
    """Both numbers of an ECDSA signature, one behind the other."""
    numbers, at = [], 2
    for _ in range(2):
        size = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2:at + 2 + size], "big"))
        at += 2 + size
    return b"".join(number.to_bytes(32, "big") for number in numbers)


class Key:
    KINDS = {"ed": ("EdDSA", ("ED25519",)),
             "ec": ("ES256", ("EC", "-pkeyopt", "ec_paramgen_curve:P-256")),
             "rsa": ("RS256", ("RSA", "-pkeyopt", "rsa_keygen_bits:2048"))}

    def __init__(self, directory, kid):
        self.kid = kid
        self.algorithm, how = self.KINDS[kid]
        self.file = directory / f"{kid}.pem"
        self.data = directory / f"{kid}.txt"
        openssl("genpkey", "-algorithm", *how, "-out", str(self.file))
        self.jwk = {"kid": kid, "use": "sig", "alg": self.algorithm} | self.numbers()

    def numbers(self):
        der = openssl("pkey", "-in", str(self.file), "-pubout", "-outform", "DER")
        if self.kid == "ed":
            return {"kty": "OKP", "crv": "Ed25519", "x": encoded(der[-32:])}
        if self.kid == "ec":
            return {"kty": "EC", "crv": "P-256", "x": encoded(der[-64:-32]), "y": encoded(der[-32:])}
        modulus = openssl("rsa", "-in", str(self.file), "-noout", "-modulus").decode().strip()
        return {"kty": "RSA", "n": encoded(bytes.fromhex(modulus.split("=")[1])), "e": "AQAB"}

    def sign(self, text):
        if self.kid == "ed":
            self.data.write_bytes(text)
            return openssl("pkeyutl", "-sign", "-rawin", "-inkey", str(self.file), "-in",
                           str(self.data))
        signature = openssl("dgst", "-sha256", "-sign", str(self.file), data=text)
        return plain_signature(signature) if self.kid == "ec" else signature


class Issuer:
    def __init__(self, directory):
        directory = pathlib.Path(directory)
        directory.mkdir(exist_ok=True)
        self.keys = {kid: Key(directory, kid) for kid in Key.KINDS}

    @staticmethod
    def arguments(jwks):
        """Of a server that takes these tokens."""
        return ("--tokens-keys-file", str(jwks), "--tokens-issuer", ISSUER, "--tokens-audience",
                AUDIENCE)

    def jwks(self):
        return json.dumps({"keys": [key.jwk for key in self.keys.values()]})

    def public_pem(self, kid):
        return openssl("pkey", "-in", str(self.keys[kid].file), "-pubout")

    def header(self, kid):
        return {"alg": self.keys[kid].algorithm, "kid": kid, "typ": "at+jwt"}

    @staticmethod
    def claims(**changes):
        now = int(time.time())
        return {"iss": ISSUER, "aud": AUDIENCE, "exp": now + 600, "nbf": now - 5, "iat": now,
                "sub": "ada@example.org", "client_id": "shop", "tenant": "main",
                "scope": "vendors:read vendors:write"} | changes

    def signed(self, kid, header, claims):
        text = encoded(header) + "." + encoded(claims)
        return text + "." + encoded(self.keys[kid].sign(text.encode()))

    def token(self, kid, **changes):
        return self.signed(kid, json.dumps(self.header(kid)), json.dumps(self.claims(**changes)))
