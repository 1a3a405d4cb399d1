import stat
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from lab.cluster.kubeconfig import render
from lab.cluster.pki import Authority, signing_keys


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create("test-ca")


def policy(authority: Authority) -> PolicyBuilder:
    return PolicyBuilder().store(Store([x509.load_pem_x509_certificate(authority.credential.certificate)]))


def test_a_client_that_checks_the_name_trusts_the_server(authority: Authority) -> None:
    certificate = x509.load_pem_x509_certificate(authority.server("api", ["localhost", "127.0.0.1"]).certificate)

    verifier = policy(authority).build_server_verifier(x509.DNSName("localhost"))
    assert verifier.verify(certificate, [])
    with pytest.raises(VerificationError):
        policy(authority).build_server_verifier(x509.DNSName("elsewhere")).verify(certificate, [])


def test_hosts_may_be_names_and_addresses(authority: Authority) -> None:
    certificate = x509.load_pem_x509_certificate(authority.server("api", ["localhost", "10.96.0.1"]).certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["10.96.0.1"]


def test_a_client_certificate_names_the_user_and_the_groups(authority: Authority) -> None:
    certificate = x509.load_pem_x509_certificate(authority.client("system:node:n.1", ["system:nodes"]).certificate)

    def values(attribute: x509.ObjectIdentifier) -> list[str | bytes]:
        return [a.value for a in certificate.subject.get_attributes_for_oid(attribute)]

    assert values(NameOID.COMMON_NAME) == ["system:node:n.1"]
    assert values(NameOID.ORGANIZATION_NAME) == ["system:nodes"]


def test_certificates_are_valid_already_and_outlive_any_lab(authority: Authority) -> None:
    certificate = x509.load_pem_x509_certificate(authority.client("someone").certificate)
    now = datetime.now(UTC)

    assert certificate.not_valid_before_utc < now
    assert (certificate.not_valid_after_utc - now).days > 3000


def test_another_authority_of_the_same_name_is_not_trusted(authority: Authority) -> None:
    impostor = Authority.create("test-ca").server("api", ["localhost"])

    with pytest.raises(VerificationError):
        policy(authority).build_server_verifier(x509.DNSName("localhost")).verify(
            x509.load_pem_x509_certificate(impostor.certificate), []
        )


def test_an_authority_goes_on_where_its_files_were_written(authority: Authority, tmp_path: Path) -> None:
    authority.credential.write(tmp_path, "ca")
    later = Authority.load(tmp_path).server("api", ["localhost"])

    verifier = policy(authority).build_server_verifier(x509.DNSName("localhost"))
    assert verifier.verify(x509.load_pem_x509_certificate(later.certificate), [])
    assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600


def test_the_signing_keys_belong_together() -> None:
    private, public = signing_keys()

    assert load_pem_private_key(private, None).public_key() == load_pem_public_key(public)


def test_a_kubeconfig_holds_everything_that_a_client_needs(authority: Authority) -> None:
    credential = authority.client("someone")
    document = yaml.safe_load(render("https://127.0.0.1:16443", authority, "someone", credential))
    cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]

    assert cluster["server"] == "https://127.0.0.1:16443"
    assert b64decode(cluster["certificate-authority-data"]) == authority.credential.certificate
    assert b64decode(user["client-certificate-data"]) == credential.certificate
    assert b64decode(user["client-key-data"]) == credential.key
    context = document["contexts"][0]
    assert document["current-context"] == context["name"]
    assert context["context"] == {"cluster": document["clusters"][0]["name"], "user": document["users"][0]["name"]}
