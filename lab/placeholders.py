"""Stack files whose encrypted values are replaced, so that they can be previewed without their passphrase."""

import base64
import hashlib
import os
from functools import cache
from typing import Any

import yaml
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lab.workspace import PASSPHRASE

# As Pulumi's passphrase provider derives its key and writes what it encrypts.
_ITERATIONS, _KEY_BYTES, _SALT_BYTES, _NONCE_BYTES = 1_000_000, 32, 8, 12
_CHECK = "pulumi"
_OWN_KEYS = ("encryptionsalt", "encryptedkey", "secretsprovider")


def with_placeholders(text: str) -> str:
    """The same stack file, every encrypted value another, encrypted with the lab's passphrase.

    A placeholder is long enough for a password, and the same for the same value, so that a plan does not change.
    """
    content = yaml.safe_load(text) or {}
    for own in _OWN_KEYS:
        content.pop(own, None)
    salt, key = _salt_and_key()
    content["encryptionsalt"] = f"v1:{_text(salt)}:{_encrypted(_CHECK, key)}"
    content["config"] = _replaced(content.get("config") or {}, key)
    return yaml.safe_dump(content, sort_keys=False)


def _replaced(value: Any, key: bytes) -> Any:
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            mark = hashlib.sha256(str(value["secure"]).encode()).hexdigest()[:16]
            return {"secure": _encrypted(f"placeholder-{mark}", key)}
        return {name: _replaced(one, key) for name, one in value.items()}
    return [_replaced(one, key) for one in value] if isinstance(value, list) else value


def _encrypted(plain: str, key: bytes) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    return f"v1:{_text(nonce)}:{_text(AESGCM(key).encrypt(nonce, plain.encode(), None))}"


@cache
def _salt_and_key() -> tuple[bytes, bytes]:
    salt = os.urandom(_SALT_BYTES)
    return salt, hashlib.pbkdf2_hmac("sha256", PASSPHRASE.encode(), salt, _ITERATIONS, _KEY_BYTES)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
