"""The issuers of OIDC tokens, GitHub and all others: the lab signs in their names, as it cannot fetch their keys."""

import base64
import json
import os
import tempfile
import time
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

GITHUB = "https://token.actions.githubusercontent.com"
# What aliyun/configure-aliyun-credentials-action asks GitHub for.
AUDIENCE = "sts.aliyuncs.com"
ALGORITHM = "RS256"
_BITS = 2048


class Issuer:
    """folder: the account's; the key lies there from the first token on."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "oidc.key"

    def token(self, subject: str, **claims: Any) -> str:
        """As GitHub makes it for a job of a workflow, good for an hour. claims: others, or other values."""
        present = int(time.time())
        standard = {"iss": GITHUB, "aud": AUDIENCE, "sub": subject, "iat": present, "exp": present + 3600}
        said = [{"alg": ALGORITHM, "typ": "JWT"}, {**standard, **claims}]
        text = ".".join(_encoded(json.dumps(part).encode()) for part in said)
        return f"{text}.{_encoded(self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def has_signed(self, text: str, signature: bytes) -> bool:
        """text: header and payload of a token, encoded."""
        try:
            self._key.public_key().verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        if not self._file.exists():
            self._make()
        key = serialization.load_pem_private_key(self._file.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key

    def _make(self) -> None:
        """Whole or not at all; of two who make one at once the first one's stays."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        with tempfile.NamedTemporaryFile(dir=self._file.parent) as made:
            made.write(key.private_bytes(serialization.Encoding.PEM, form, plain))
            made.flush()
            try:
                os.link(made.name, self._file)
            except FileExistsError:
                return


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
