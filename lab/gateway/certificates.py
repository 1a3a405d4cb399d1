"""The certificates of HTTPS listeners. Alibaba Cloud's certificate service would have them, with names of its own."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.cluster.pki import Authority

AUTHORITY = "ca.crt"


@dataclass(frozen=True)
class Files:
    """PEM, and another path for another content: a listener that reads them is then a changed one."""

    certificate: Path
    key: Path


class Issuer:
    """An authority that lives as long as the folder; its own certificate is AUTHORITY there, for clients."""

    def __init__(self, folder: Path):
        self._folder = folder

    def issue(self, certificate_ids: Iterable[str], names: Sequence[str]) -> list[Files]:
        """One for each id, in their order, all for the same DNS names; what was issued before is given again."""
        return [self._one(certificate_id, names) for certificate_id in certificate_ids]

    def _one(self, certificate_id: str, names: Sequence[str]) -> Files:
        stem = hashlib.sha256("\n".join([certificate_id, *names]).encode()).hexdigest()[:16]
        folder = self._folder / "certificates"
        files = Files(folder / f"{stem}.crt", folder / f"{stem}.key")
        if not files.key.exists():
            self._authority().server(certificate_id, names).write(folder, stem)
        return files

    def _authority(self) -> Authority:
        try:
            return Authority.load(self._folder)
        except FileNotFoundError:
            made = Authority.create("ack-stable-diffusion lab gateway")
            made.credential.write(self._folder, "ca")
            return made


def wildcards(hosts: Iterable[str]) -> list[str]:
    """*.<namespace>.<domain> for hosts of that form, as the program asks its users' certificates to be."""
    return sorted({f"*.{host.partition('.')[2]}" for host in hosts if "." in host})
