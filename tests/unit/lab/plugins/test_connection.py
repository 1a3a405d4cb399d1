"""Over a real connection: what stands between the client and an API server."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from lab.cluster.kubeconfig import render
from lab.cluster.pki import Authority
from lab.plugins.kubernetes.api import ApiError, Client
from lab.plugins.kubernetes.kubeconfig import endpoint


class Answer(BaseHTTPRequestHandler):
    """Every object is there and empty."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def authority() -> Authority:
    return Authority.create("test")


@pytest.fixture
def server(authority: Authority, tmp_path: Path) -> Iterator[str]:
    """The address of a TLS server that wants a certificate of its clients."""
    authority.credential.write(tmp_path, "ca")
    authority.server("api", ["127.0.0.1"]).write(tmp_path, "api")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "api.crt", tmp_path / "api.key")
    tls.load_verify_locations(tmp_path / "ca.crt")
    tls.verify_mode = ssl.CERT_REQUIRED
    listener = HTTPServer(("127.0.0.1", 0), Answer)
    listener.socket = tls.wrap_socket(listener.socket, server_side=True)
    threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
    yield f"https://127.0.0.1:{listener.server_port}"
    listener.shutdown()
    listener.server_close()


def client(server: str, trusted: Authority, signed_by: Authority) -> Client:
    return Client(endpoint(render(server, trusted, "admin", signed_by.client("admin"))))


def test_the_certificates_of_a_kubeconfig_are_used(server: str, authority: Authority) -> None:
    assert client(server, authority, authority).read("/version") == {}


def test_the_shells_proxy_is_not_for_the_cluster(
    server: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert client(server, authority, authority).read("/version") == {}


def test_a_server_that_another_authority_signed_is_not_spoken_to(server: str, authority: Authority) -> None:
    with pytest.raises(ApiError, match=r"cannot reach the API server.*certificate verify failed") as failed:
        client(server, Authority.create("other"), authority).read("/version")

    assert failed.value.unreachable
