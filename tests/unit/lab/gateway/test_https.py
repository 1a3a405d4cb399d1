"""What the real Envoy does on port 443, and where nobody listens any more."""

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from lab.gateway.certificates import Issuer, wildcards
from lab.gateway.reconciler import Result
from lab.gateway.snapshot import Listeners
from tests.unit.lab.gateway.pods import Pod, becomes

Build = Callable[..., dict[str, Any]]
Observe = Callable[..., Result]
Get = Callable[..., httpx.Response]

TLS = {"knative.k8s.alibabacloud/tls": "true"}
NAMED = {"albconfig": "knative-alb"}
HOST = "one.default.example.com"
PLAIN = {"port": 80, "protocol": "HTTP"}
SECURE = {"port": 443, "protocol": "HTTPS", "certificates": [{"CertificateId": "1-cn-hangzhou", "IsDefault": True}]}


@pytest.fixture
def serve(observe: Observe, kingress: Build, albconfig: Build) -> Callable[..., Result]:
    """A service with these listeners of the AlbConfig in front of it."""

    def run(
        *listeners: Mapping[str, Any], annotations: Mapping[str, str] = TLS, config: Mapping[str, Any] | None = None
    ) -> Result:
        spec = {"config": dict(config or {}), "listeners": listeners}
        ingress = kingress("one", annotations=annotations)
        return observe(ingress, config_network=NAMED, albconfigs=[albconfig(spec=spec)])

    return run


@pytest.fixture
def get_secure(listeners: Listeners, folder: Path) -> Callable[..., httpx.Response]:
    """As curl --cacert … --resolve HOST:port:127.0.0.1 does: the certificate is checked against the host."""

    def ask(host: str = HOST, version: ssl.TLSVersion = ssl.TLSVersion.MINIMUM_SUPPORTED) -> httpx.Response:
        trusted = ssl.create_default_context(cafile=folder / "ca.crt")
        # Else the library itself keeps away from versions before 1.2.
        trusted.set_ciphers("DEFAULT:@SECLEVEL=0")
        trusted.minimum_version = version
        if version > 0:
            trusted.maximum_version = version
        with httpx.Client(trust_env=False, timeout=60, verify=trusted) as client:
            return client.get(
                f"https://127.0.0.1:{listeners.secure}/",
                headers={"Host": host},
                extensions={"sni_hostname": host},
            )

    return ask


Serve = Callable[..., Result]


def test_a_service_with_the_annotation_answers_on_both_ports(serve: Serve, get: Get, get_secure: Get) -> None:
    result = serve(PLAIN, SECURE)

    assert get_secure().headers["X-Pod"] == "pod-0"
    assert get(HOST).headers["X-Pod"] == "pod-0"
    assert {verdict.ready for verdict in result.verdicts.values()} == {"True"}


@pytest.mark.parametrize("annotations", [{}, {"knative.k8s.alibabacloud/tls": "false"}])
def test_a_service_without_the_annotation_is_unknown_on_port_443(
    serve: Serve, get: Get, get_secure: Get, annotations: dict[str, str]
) -> None:
    serve(PLAIN, SECURE)
    assert get_secure().status_code == 200

    serve(PLAIN, SECURE, annotations=annotations)

    # Its certificate goes with the last service of its domain.
    with pytest.raises(httpx.ConnectError, match="mismatch"):
        get_secure()
    assert get_secure("version.gateway.lab").status_code == 200
    assert get(HOST).status_code == 200


def test_a_host_that_no_certificate_is_for_is_not_reached(serve: Serve, get_secure: Get) -> None:
    serve(SECURE)

    assert get_secure("unknown.default.example.com").status_code == 503
    with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
        get_secure("one.default.example.org")


def test_ports_come_and_go_with_the_listeners(serve: Serve, get: Get, get_secure: Get) -> None:
    for _ in range(2):
        serve(SECURE)
        assert get_secure().status_code == 200
        # A listener closes a moment after Envoy has taken note; connections that are open stay.
        assert becomes(lambda: refuses(lambda: get(HOST, Connection="close")))

        serve(PLAIN)
        assert get(HOST).status_code == 200
        assert becomes(lambda: refuses(get_secure))


def refuses(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except httpx.TransportError:
        return True
    return False


@pytest.mark.parametrize(("entries", "status"), [(["127.0.0.0/8"], 200), (["203.0.113.0/24"], 403)])
def test_each_listener_has_clients_of_its_own(
    serve: Serve, get: Get, get_secure: Get, entries: list[str], status: int
) -> None:
    serve(PLAIN, {**SECURE, "aclConfig": {"aclType": "White", "aclEntries": entries}})

    assert (get_secure().status_code, get(HOST).status_code) == (status, 200)


def test_each_listener_has_a_request_timeout_of_its_own(
    serve: Serve, get: Get, get_secure: Get, pods: list[Pod]
) -> None:
    serve(PLAIN, {**SECURE, "requestTimeout": 1})
    pods[0].free.clear()
    later = threading.Timer(2, pods[0].free.set)
    later.start()

    assert get_secure().status_code == 504
    assert get(HOST).status_code == 200
    later.join()


V1_0, V1_1, V1_2, V1_3 = (ssl.TLSVersion[name] for name in ("TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"))


@pytest.mark.parametrize(
    ("policy", "versions"),
    [
        ("tls_cipher_policy_1_0", [V1_0, V1_1, V1_2]),
        ("tls_cipher_policy_1_1", [V1_1, V1_2]),
        ("tls_cipher_policy_1_2_strict", [V1_2]),
        ("tls_cipher_policy_1_2_strict_with_1_3", [V1_2, V1_3]),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_the_security_policy_chooses_the_versions_of_tls(
    serve: Serve, get_secure: Get, policy: str, versions: list[ssl.TLSVersion]
) -> None:
    serve({**SECURE, "securityPolicyId": policy})

    taken = [each for each in (V1_0, V1_1, V1_2, V1_3) if not refuses(partial(get_secure, version=each))]

    assert taken == versions


def test_the_access_log_is_a_file_named_after_its_store(serve: Serve, get: Get, get_secure: Get, logs: Path) -> None:
    serve(PLAIN, SECURE, config={"accessLogConfig": {"logProject": "logs", "logStore": "alb_sd"}})
    log = logs / "alb_sd.log"
    get(HOST, internal=True)
    get_secure()
    get(HOST)

    assert becomes(lambda: len(log.read_text().splitlines()) == 2)
    assert "version.gateway.lab" not in log.read_text()
    first, second = map(json.loads, log.read_text().splitlines())
    assert (first["scheme"], first["status"], first["app_lb_id"]) == ("https", 200, "alb-1")
    assert (second["scheme"], second["ssl_protocol"], second["host"]) == ("http", None, HOST)


def test_each_certificate_says_its_id_and_is_issued_once(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    first, second = issuer.issue(["1", "2"], ["*.default.example.com"])

    assert issuer.issue(["2"], ["*.default.example.com"]) == [second]
    assert issuer.issue(["1"], ["*.other.example.com"]) != [first]
    certificate = x509.load_pem_x509_certificate(first.certificate.read_bytes())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate((tmp_path / "ca.crt").read_bytes()))
    assert certificate.subject.rfc4514_string() == "CN=1"
    assert first.key.stat().st_mode & 0o077 == 0


def test_certificates_are_for_all_services_of_a_namespace() -> None:
    assert wildcards(["ui.studio.example.com", "api.studio.example.com", "localhost"]) == ["*.studio.example.com"]
