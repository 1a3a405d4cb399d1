"""A kubeconfig, as far as it says where the API server is and who we are."""

import base64
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Endpoint:
    """An API server and how to speak to it. namespace: of objects that name none."""

    server: str
    namespace: str = "default"
    headers: Mapping[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None


def endpoint(
    kubeconfig: str | Mapping[str, Any], context: str = "", cluster: str = "", namespace: str = ""
) -> Endpoint:
    """From the text of a kubeconfig, its path, or its parsed form; the other arguments override what it says.

    Raises ValueError that names the entry at fault.
    """
    config = parse(kubeconfig)
    chosen = _named(config, "context", context or config.get("current-context") or "")
    place = _named(config, "cluster", cluster or chosen.get("cluster") or "")
    user = _named(config, "user", chosen.get("user") or "")
    if "exec" in user or "auth-provider" in user:
        raise ValueError(
            "kubeconfig: the user logs in through another program (exec or auth-provider), which this plugin does not "
            "start; give a kubeconfig with a token or a client certificate"
        )
    server = str(place["server"]).rstrip("/")
    return Endpoint(
        server=server,
        namespace=namespace or chosen.get("namespace") or "default",
        headers={"Authorization": f"Bearer {token}"} if (token := _token(user)) else {},
        tls=_tls(place, user) if server.startswith("https:") else None,
    )


def active_cluster(
    kubeconfig: str | Mapping[str, Any], context: str = "", cluster: str = ""
) -> Mapping[str, Any] | None:
    """The cluster entry that would be used; None if it cannot be told."""
    try:
        config = parse(kubeconfig)
        chosen = _named(config, "context", context or config.get("current-context") or "")
        return _named(config, "cluster", cluster or chosen.get("cluster") or "")
    except ValueError:
        return None


def parse(kubeconfig: str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(kubeconfig, Mapping):
        return kubeconfig
    text = kubeconfig
    if "\n" not in text and not text.lstrip().startswith("{"):
        path = Path(text).expanduser()
        if not path.is_file():
            raise ValueError(f"kubeconfig: neither a kubeconfig nor a file: {text!r}")
        text = path.read_text()
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"kubeconfig: not YAML: {error}") from error
    if not isinstance(config, dict):
        raise ValueError("kubeconfig: a mapping with clusters, contexts and users is needed")
    return config


def _named(config: Mapping[str, Any], kind: str, name: str) -> Mapping[str, Any]:
    entries = config.get(f"{kind}s") or []
    for entry in entries:
        if entry.get("name") == name:
            found: Mapping[str, Any] = entry.get(kind) or {}
            return found
    known = ", ".join(str(entry.get("name")) for entry in entries) or "none"
    raise ValueError(f"kubeconfig: no {kind} named {name!r}; there are: {known}")


def _token(user: Mapping[str, Any]) -> str:
    if user.get("tokenFile"):
        return Path(user["tokenFile"]).read_text().strip()
    return str(user.get("token") or "")


def _tls(cluster: Mapping[str, Any], user: Mapping[str, Any]) -> ssl.SSLContext:
    authority = _pem(cluster, "certificate-authority")
    context = ssl.create_default_context(cadata=authority.decode() if authority else None)
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    certificate, key = _pem(user, "client-certificate"), _pem(user, "client-key")
    if certificate and key:
        # ssl reads certificates from files only; this one is gone again before anybody could look for it.
        with tempfile.NamedTemporaryFile() as file:
            file.write(certificate + b"\n" + key)
            file.flush()
            context.load_cert_chain(file.name)
    return context


def _pem(entry: Mapping[str, Any], key: str) -> bytes:
    if inline := entry.get(f"{key}-data"):
        return base64.b64decode(inline)
    return Path(entry[key]).read_bytes() if entry.get(key) else b""
