"""Keys: a deleted one lies in wait for its window to pass, and counts as gone."""

from collections.abc import Mapping

from pydantic import Field

from lab.cloud.document import Document
from lab.cloud.errors import ApiError
from lab.cloud.naming import ACCOUNT_ID, new_id, now
from lab.cloud.store import Collection, Store


class Key(Document):
    shows_tags = False

    key_id: str
    arn: str
    key_state: str = "Enabled"
    key_spec: str = "Aliyun_AES_256"
    key_usage: str = "ENCRYPT/DECRYPT"
    origin: str = "Aliyun_KMS"
    protection_level: str = "SOFTWARE"
    description: str = ""
    automatic_rotation: str = "Disabled"
    rotation_interval: str = ""
    primary_key_version: str
    last_rotation_date: str
    deletion_protection: str = "Disabled"
    deletion_protection_description: str = ""
    dkms_instance_id: str = Field("", alias="DKMSInstanceId")
    creator: str = ACCOUNT_ID
    creation_date: str
    policy: str = "{}"


class Keys:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.keys = Collection(store, "kms-key", Key, "Forbidden.KeyNotFound")

    def create(self, parameters: Mapping[str, str], region: str) -> Key:
        identity = new_id("key-")
        key = Key.of(
            {name: value for name, value in parameters.items() if value},
            key_id=identity,
            arn=f"acs:kms:{region}:{ACCOUNT_ID}:key/{identity}",
            automatic_rotation=_rotation(parameters),
            primary_key_version=new_id(""),
            last_rotation_date=now(),
            creation_date=now(),
        )
        return self.keys.put(identity, key)

    def rotate(self, identity: str, parameters: Mapping[str, str]) -> None:
        interval = parameters.get("RotationInterval", "")
        self.keys.change(identity, automatic_rotation=_rotation(parameters), rotation_interval=interval)

    def protect(self, identity: str, protected: bool, description: str) -> None:
        state = "Enabled" if protected else "Disabled"
        self.keys.change(identity, deletion_protection=state, deletion_protection_description=description)

    def schedule_deletion(self, identity: str) -> None:
        """The lab has no windows: the key is gone at once."""
        key = self.keys.get(identity)
        if key.deletion_protection == "Enabled":
            raise ApiError("Rejected.Unavailable", f"key {identity} has deletion protection: switch that off first")
        self.keys.remove(identity)


def _rotation(parameters: Mapping[str, str]) -> str:
    return "Enabled" if parameters.get("EnableAutomaticRotation", "").lower() == "true" else "Disabled"
