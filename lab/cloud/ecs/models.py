"""Security groups, without rules of their own: nothing in the lab filters packets."""

from collections.abc import Mapping

from lab.cloud.document import Document
from lab.cloud.naming import RESOURCE_GROUP, new_id, now
from lab.cloud.store import Collection, Store
from lab.cloud.vpc.networks import Networks, Users, refuse_while_used


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
    """users: what keeps a group from being deleted, asked by its id."""

    def __init__(self, store: Store, networks: Networks) -> None:
        self._store = store
        self._networks = networks
        self.groups = Collection(store, "security-group", SecurityGroup, "InvalidSecurityGroupId.NotFound")
        self.users: dict[str, Users] = {}
        networks.vpc_users["DependencyViolation.SecurityGroup"] = self._groups_in

    def create(self, parameters: Mapping[str, str], region: str) -> SecurityGroup:
        with self._store.transaction():
            if vpc := parameters.get("VpcId"):
                self._networks.vpcs.get(vpc)
            identity = new_id("sg-")
            group = SecurityGroup.of(parameters, security_group_id=identity, region_id=region, creation_time=now())
            return self.groups.put(identity, group)

    def delete(self, identity: str) -> None:
        with self._store.transaction():
            self.groups.get(identity)
            refuse_while_used(f"security group {identity}", identity, self.users)
            self.groups.remove(identity)

    def _groups_in(self, vpc_id: str) -> list[str]:
        return [f"security group {g.security_group_id}" for g in self.groups.all() if g.vpc_id == vpc_id]
