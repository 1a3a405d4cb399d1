"""RAM 2015-05-01: actions on roles, policies and attachments."""

import json
from collections.abc import Mapping
from typing import Any

from lab.cloud.actions import Tagged, delete, modify
from lab.cloud.pages import marked
from lab.cloud.ram.models import AccessManagement, Policy, Role
from lab.cloud.rpc import Handler, RpcProduct, RpcRequest

NEW_FIELDS = ("AssumeRolePolicyDocument", "Description", "MaxSessionDuration")


def ram_product(ram: AccessManagement) -> RpcProduct:
    return RpcProduct("ram", {**_roles(ram), **_policies(ram), **_attachments(ram), **_tags(ram)})


def _roles(ram: AccessManagement) -> dict[str, Handler]:
    def create(request: RpcRequest) -> Mapping[str, Any]:
        role = ram.create_role(request.parameters)
        tags = {tag["Key"]: tag["Value"] for tag in json.loads(request.get("Tag", "[]"))}
        ram.roles.change(role.role_name, resource_tags=tags)
        return _role(role)

    def update(request: RpcRequest) -> Mapping[str, Any]:
        name = request.need("RoleName")
        news = {field: request.parameters[f"New{field}"] for field in NEW_FIELDS if f"New{field}" in request.parameters}
        return _role(ram.roles.put(name, ram.roles.get(name).changed(news, *NEW_FIELDS)))

    def list_all(request: RpcRequest) -> Mapping[str, Any]:
        """Without their policy documents, as the API shows them."""
        shown = [{**_role(role)["Role"], **_with_tags(role)} for role in ram.roles.all()]
        short = [{name: value for name, value in role.items() if name != "AssumeRolePolicyDocument"} for role in shown]
        return marked(request, "Roles", "Role", short)

    return {
        "CreateRole": create,
        "ListRoles": list_all,
        "GetRole": lambda request: _role(ram.roles.get(request.need("RoleName"))),
        "UpdateRole": update,
        "DeleteRole": delete(ram.delete_role, "RoleName"),
    }


def _policies(ram: AccessManagement) -> dict[str, Handler]:
    def create(request: RpcRequest) -> Mapping[str, Any]:
        return {"Policy": _policy(ram.create_policy(request.parameters), 0)}

    def get(request: RpcRequest) -> Mapping[str, Any]:
        policy = ram.policies.get(request.need("PolicyName"))
        attached = len(ram.roles_with(policy.policy_name))
        return {"Policy": _policy(policy, attached), "DefaultPolicyVersion": _version(policy)}

    def add_version(request: RpcRequest) -> Mapping[str, Any]:
        policy = ram.add_version(request.need("PolicyName"), request.need("PolicyDocument"))
        return {"PolicyVersion": _version(policy)}

    def list_versions(request: RpcRequest) -> Mapping[str, Any]:
        return {"PolicyVersions": {"PolicyVersion": [_version(ram.policies.get(request.need("PolicyName")))]}}

    def list_entities(request: RpcRequest) -> Mapping[str, Any]:
        roles = [{"RoleName": role} for role in ram.roles_with(request.need("PolicyName"))]
        return {"Groups": {"Group": []}, "Users": {"User": []}, "Roles": {"Role": roles}}

    def update_description(request: RpcRequest) -> Mapping[str, Any]:
        given = {"PolicyName": request.need("PolicyName"), "Description": request.get("NewDescription")}
        return modify(ram.policies, "PolicyName", "Description")(RpcRequest(request.action, given))

    def list_all(request: RpcRequest) -> Mapping[str, Any]:
        if request.get("PolicyType") == "System":
            return marked(request, "Policies", "Policy", [])
        shown = [_policy(policy, len(ram.roles_with(policy.policy_name))) for policy in ram.policies.all()]
        return marked(request, "Policies", "Policy", shown)

    return {
        "CreatePolicy": create,
        "ListPolicies": list_all,
        "GetPolicy": get,
        "CreatePolicyVersion": add_version,
        "UpdatePolicyDescription": update_description,
        "ListPolicyVersions": list_versions,
        "ListEntitiesForPolicy": list_entities,
        "DeletePolicy": delete(ram.delete_policy, "PolicyName"),
    }


def _attachments(ram: AccessManagement) -> dict[str, Handler]:
    def names(request: RpcRequest) -> tuple[str, str, str]:
        return request.need("RoleName"), request.need("PolicyName"), request.need("PolicyType")

    def attach(request: RpcRequest) -> Mapping[str, Any]:
        ram.attach(*names(request))
        return {}

    def detach(request: RpcRequest) -> Mapping[str, Any]:
        ram.detach(*names(request))
        return {}

    def list_for_role(request: RpcRequest) -> Mapping[str, Any]:
        ram.roles.get(request.need("RoleName"))
        return {"Policies": {"Policy": [item.shown() for item in ram.attached(request.need("RoleName"))]}}

    return {"AttachPolicyToRole": attach, "DetachPolicyFromRole": detach, "ListPoliciesForRole": list_for_role}


def _tags(ram: AccessManagement) -> dict[str, Handler]:
    """RAM has its own spelling: names and tags are JSON inside one parameter, and the rows come as a bare list."""
    objects = Tagged([ram.roles, ram.policies])

    def named(request: RpcRequest) -> list[str]:
        return list(json.loads(request.need("ResourceNames")))

    def tag(request: RpcRequest) -> Mapping[str, Any]:
        news = {item["Key"]: item["Value"] for item in json.loads(request.need("Tag"))}
        for name in named(request):
            objects.set_tags(name, {**objects.tags(name), **news})
        return {}

    def untag(request: RpcRequest) -> Mapping[str, Any]:
        gone = json.loads(request.get("TagKeys", "[]"))
        for name in named(request):
            objects.set_tags(name, {key: value for key, value in objects.tags(name).items() if key not in gone})
        return {}

    def list_tags(request: RpcRequest) -> Mapping[str, Any]:
        kind = request.get("ResourceType")
        rows = [
            {"ResourceName": name, "ResourceType": kind, "TagKey": key, "TagValue": value}
            for name in named(request)
            for key, value in objects.tags(name).items()
        ]
        return {"TagResources": rows}

    return {"TagResources": tag, "UntagResources": untag, "ListTagResources": list_tags}


def _role(role: Role) -> dict[str, Any]:
    return {"Role": role.shown()}


def _with_tags(role: Role) -> dict[str, Any]:
    """In the spelling of lists of roles."""
    return {"Tags": {"Tag": [{"TagKey": key, "TagValue": value} for key, value in role.resource_tags.items()]}}


def _policy(policy: Policy, attached: int) -> dict[str, Any]:
    shown = policy.shown(DefaultVersion=policy.version_id, AttachmentCount=attached)
    return {name: value for name, value in shown.items() if name not in ("PolicyDocument", "Revision")}


def _version(policy: Policy) -> dict[str, Any]:
    return {
        "VersionId": policy.version_id,
        "PolicyDocument": policy.policy_document,
        "IsDefaultVersion": True,
        "CreateDate": policy.create_date,
    }
