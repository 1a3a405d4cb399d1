"""Certificates: a CA of the lab's own, and one server certificate for every endpoint that is emulated."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

REGIONS = Path(__file__).with_name("regions.yaml")
LIFETIME = timedelta(days=365)
# Renewed while it still outlives any run.
SPARE = timedelta(days=7)


@dataclass(frozen=True)
class Certificates:
    """Files: the CA to trust, the server's certificate and its private key."""

    ca: Path
    certificate: Path
    key: Path


def host_names() -> list[str]:
    """A wildcard covers one label only, so each form of endpoint has its own, per region where the region is in it."""
    regions = yaml.safe_load(REGIONS.read_text())["regions"]
    forms = ("*.{}.aliyuncs.com", "*.{}.log.aliyuncs.com", "*.oss-{}.aliyuncs.com", "*.s3.oss-{}.aliyuncs.com")
    return ["*.aliyuncs.com", "*.log.aliyuncs.com", *(form.format(region) for region in regions for form in forms)]


def certificates(folder: Path, ca: Path | None = None) -> Certificates:
    """Those in the folder if they are still good, else new ones: a running Pulumi keeps trusting a CA it has read.

    ca: where the CA certificate goes, ca.pem in the folder unless given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = Certificates(ca or folder / "ca.pem", folder / "server.pem", folder / "server.key")
    if not _good(files):
        _issue(files)
    return files


def _good(files: Certificates) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        authority = x509.load_pem_x509_certificate(files.ca.read_bytes())
        certificate.verify_directly_issued_by(authority)
    except Exception:
        return False
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = set(host_names()) <= set(names.get_values_for_type(x509.DNSName))
    return files.key.exists() and covered and certificate.not_valid_after_utc - datetime.now(UTC) > SPARE


def _issue(files: Certificates) -> None:
    """The CA's key is not kept: nothing but this one certificate is ever signed with it."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("ack-stable-diffusion lab CA")
    authority = (
        _builder(ca_name, ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    server = (
        _builder(_name("ack-stable-diffusion lab"), ca_name, key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in host_names()]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    files.ca.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    files.certificate.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # A clock that runs a little behind must not refuse it.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
    )
