"""Security groups, without rules of their own: nothing in the lab filters packets."""

from collections.abc import Mapping

from lab.cloud.document import Document
from lab.cloud.naming import RESOURCE_GROUP, new_id, now
from lab.cloud.store import Collection, Store
from lab.cloud.vpc.networks import Networks


class SecurityGroup(Document):
    security_group_id: str
    vpc_id: str = ""
    security_group_name: str = ""
    description: str = ""
    security_group_type: str = "normal"
    inner_access_policy: str = "Accept"
    region_id: str = ""
    creation_time: str = ""
    resource_group_id: str = RESOURCE_GROUP


class SecurityGroups:
    def __init__(self, store: Store, networks: Networks) -> None:
        self._store = store
        self._networks = networks
        self.groups = Collection(store, "security-group", SecurityGroup, "InvalidSecurityGroupId.NotFound")
        networks.vpc_users["DependencyViolation.SecurityGroup"] = self._groups_in

    def create(self, parameters: Mapping[str, str], region: str) -> SecurityGroup:
        with self._store.transaction():
            if vpc := parameters.get("VpcId"):
                self._networks.vpcs.get(vpc)
            identity = new_id("sg-")
            group = SecurityGroup.of(parameters, security_group_id=identity, region_id=region, creation_time=now())
            return self.groups.put(identity, group)

    def delete(self, identity: str) -> None:
        self.groups.get(identity)
        self.groups.remove(identity)

    def _groups_in(self, vpc_id: str) -> list[str]:
        return [f"security group {g.security_group_id}" for g in self.groups.all() if g.vpc_id == vpc_id]
