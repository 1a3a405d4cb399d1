"""Kubeconfig files, with everything inside: a file may be copied anywhere."""

from base64 import b64encode
from pathlib import Path

import yaml

from lab.cluster.pki import Authority, Credential


def render(server: str, authority: Authority, user: str, credential: Credential) -> str:
    """A kubeconfig of one cluster and one user, as ACK gives it: CA, certificate and key as data."""
    cluster = {"server": server, "certificate-authority-data": _data(authority.credential.certificate)}
    secrets = {"client-certificate-data": _data(credential.certificate), "client-key-data": _data(credential.key)}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "kubernetes", "cluster": cluster}],
        "users": [{"name": user, "user": secrets}],
        "contexts": [{"name": f"{user}@kubernetes", "context": {"cluster": "kubernetes", "user": user}}],
        "current-context": f"{user}@kubernetes",
    }
    return yaml.safe_dump(document, sort_keys=False)


def write(file: Path, text: str) -> None:
    """For its owner only: it holds a private key."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text)


def _data(pem: bytes) -> str:
    return b64encode(pem).decode()
