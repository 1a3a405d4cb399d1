"""Roles, policies and attachments; both are known by their names."""

import json
from collections.abc import Mapping
from typing import Any

from lab.cloud.document import Document
from lab.cloud.errors import ApiError
from lab.cloud.naming import ACCOUNT_ID, new_id, now
from lab.cloud.ram.system import system_policy
from lab.cloud.store import Collection, Store


class Role(Document):
    shows_tags = False

    role_name: str
    role_id: str
    arn: str
    assume_role_policy_document: str
    description: str = ""
    max_session_duration: int = 3600
    create_date: str


class Policy(Document):
    """policy_document: of the default version; older versions are not kept."""

    shows_tags = False

    policy_name: str
    policy_type: str = "Custom"
    description: str = ""
    policy_document: str
    revision: int = 1
    create_date: str

    @property
    def version_id(self) -> str:
        return f"v{self.revision}"


class Attachment(Document):
    shows_tags = False

    role_name: str
    policy_name: str
    policy_type: str
    attach_date: str


class AccessManagement:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.roles = Collection(store, "ram-role", Role, "EntityNotExist.Role")
        self.policies = Collection(store, "ram-policy", Policy, "EntityNotExist.Policy")
        self.attachments = Collection(store, "ram-attachment", Attachment, "EntityNotExist.Role.Policy")

    def create_role(self, parameters: Mapping[str, Any]) -> Role:
        with self._store.transaction():
            name = parameters.get("RoleName", "")
            if self.roles.find(name):
                raise ApiError("EntityAlreadyExists.Role", f"there is a role {name!r} already", 409)
            arn = f"acs:ram::{ACCOUNT_ID}:role/{name.lower()}"
            role = Role.of(parameters, role_id=new_id(""), arn=arn, create_date=now())
            check_document(role.assume_role_policy_document)
            return self.roles.put(name, role)

    def delete_role(self, name: str) -> None:
        with self._store.transaction():
            self.roles.get(name)
            if attached := self.attached(name):
                names = ", ".join(item.policy_name for item in attached)
                raise ApiError("DeleteConflict.Role.Policy", f"role {name} still has {names}: detach first", 409)
            self.roles.remove(name)

    def create_policy(self, parameters: Mapping[str, Any]) -> Policy:
        with self._store.transaction():
            name = parameters.get("PolicyName", "")
            if self.policies.find(name):
                raise ApiError("EntityAlreadyExists.Policy", f"there is a policy {name!r} already", 409)
            policy = Policy.of(parameters, policy_type="Custom", create_date=now())
            check_document(policy.policy_document)
            return self.policies.put(name, policy)

    def add_version(self, name: str, document: str) -> Policy:
        check_document(document)
        with self._store.transaction():
            revision = self.policies.get(name).revision + 1
            return self.policies.change(name, policy_document=document, revision=revision)

    def delete_policy(self, name: str) -> None:
        with self._store.transaction():
            self.policies.get(name)
            if roles := self.roles_with(name):
                raise ApiError(
                    "DeleteConflict.Role.Policy",
                    f"policy {name} is attached to {', '.join(roles)}: detach it first",
                    409,
                )
            self.policies.remove(name)

    def attach(self, role: str, policy: str, policy_type: str) -> None:
        with self._store.transaction():
            self.roles.get(role)
            self._document(policy, policy_type)
            attachment = Attachment(role_name=role, policy_name=policy, policy_type=policy_type, attach_date=now())
            self.attachments.put(_identity(role, policy, policy_type), attachment)

    def detach(self, role: str, policy: str, policy_type: str) -> None:
        self.attachments.get(_identity(role, policy, policy_type))
        self.attachments.remove(_identity(role, policy, policy_type))

    def attached(self, role: str) -> list[Attachment]:
        return [item for item in self.attachments.all() if item.role_name == role]

    def documents(self, role: str) -> list[Mapping[str, Any]]:
        """What is attached to a role."""
        return [self._document(one.policy_name, one.policy_type) for one in self.attached(role)]

    def _document(self, policy: str, policy_type: str) -> Mapping[str, Any]:
        if policy_type == "System":
            return system_policy(policy)
        document: Mapping[str, Any] = json.loads(self.policies.get(policy).policy_document)
        return document

    def roles_with(self, policy: str) -> list[str]:
        return [item.role_name for item in self.attachments.all() if item.policy_name == policy]


def _identity(role: str, policy: str, policy_type: str) -> str:
    return f"{role}/{policy_type}/{policy}"


def check_document(document: str) -> None:
    try:
        json.loads(document)
    except ValueError as error:
        raise ApiError("InvalidParameter.PolicyDocument", f"the policy document is not JSON: {error}") from error
