"""Tokens as GitHub makes them for the jobs of a workflow, but for the signature."""

import base64
import json
import time
from typing import Any

ISSUER = "https://token.actions.githubusercontent.com"
AUDIENCE = "sts.aliyuncs.com"


def github_token(subject: str, **claims: Any) -> str:
    present = int(time.time())
    parts = [
        {"alg": "RS256", "typ": "JWT"},
        {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": present, "exp": present + 3600, **claims},
    ]
    return ".".join([*(_encoded(json.dumps(part).encode()) for part in parts), _encoded(b"not signed")])


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
