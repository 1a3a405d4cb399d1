"""Settings of a volume with models, so that an image need not hold them."""

from typing import Annotated

from infra.settings.section import Section
from infra.settings.texts import Memory, Name, SecretName, allowed, matching

_Path = Annotated[str, matching(r"/[\w./-]*"), allowed("a path from /", "/models/Stable-diffusion")]
_Host = Annotated[str, matching(r"[a-z0-9][-a-z0-9.{}]+"), allowed("a host name", "oss-{region}-internal.aliyuncs.com")]


class Nas(Section):
    """A directory of a NAS file system, over NFS."""

    server: _Host
    """Mount target; in the VPC of the cluster, in a zone of its GPU nodes for speed."""
    path: _Path = "/"
    """Directory on the file system; it must be there. On an Extreme NAS below /share."""


class Oss(Section):
    """A part of an OSS bucket, through ossfs: slower than NAS at the first read, and cheaper."""

    bucket: Annotated[str, matching(r"[a-z0-9][-a-z0-9]{1,61}[a-z0-9]"), allowed("a bucket's name", "sd-models")]
    """Name of the bucket."""
    path: _Path = "/"
    """Folder of the bucket."""
    url: _Host = "oss-{region}-internal.aliyuncs.com"
    """Endpoint; {region} stands for alicloud:region. The internal one costs no traffic and needs a bucket of the same
    region."""
    secret: SecretName | None = None
    """Secret of the services' namespace with akId and akSecret of a RAM user who may read the bucket. This or role."""
    role: Annotated[str, matching(r"[\w.-]{1,64}"), allowed("a RAM role's name", "sd-models-reader")] | None = None
    """RAM role that the storage driver takes over RRSA: no key that could be lost; needs cluster.rrsa. How the driver
    is told of it was not read on a page of Alibaba Cloud: a guess. This or secret."""


class Model(Section):
    """A volume with models: exactly one of nas, oss and claim says where from. Tell the program where its models are
    with args (--ckpt-dir <mountPath>). The data is never made and never deleted by this stack; all but size is fixed at
    creation: a change replaces volume and claim, for which the service's pods must go first."""

    mount_path: _Path
    """Where the container sees it."""
    size: Memory = "100Gi"
    """Capacity that volume and claim name, for they must name one; NAS and OSS grow by themselves."""
    read_only: bool = True
    """Whether pods may only read: none of them then spoils the model of all others."""
    nas: Nas | None = None
    """A NAS directory."""
    oss: Oss | None = None
    """A part of an OSS bucket."""
    claim: Name | None = None
    """A PersistentVolumeClaim that is in the services' namespace already."""
