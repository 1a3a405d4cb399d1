"""The questions that are asked of the account, each with what to do about a bad answer."""

from collections.abc import Callable, Iterator, Mapping

from ops.preflight.answer import Answer, Verdict
from ops.preflight.instances import instance_types
from ops.preflight.openapi import ApiError, OpenApi
from ops.preflight.quotas import vcpu_quotas
from ops.preflight.wanted import Wanted

_CS, _ALB, _RAM, _STS = "2015-12-15", "2020-06-16", "2015-05-01", "2015-04-01"
_FEWEST_ALB_ZONES = 2
_ALB_ROLE = "AliyunServiceRoleForAlb"


Check = Callable[[OpenApi, Wanted], Iterator[Answer]]


def preflight(api: OpenApi, wanted: Wanted) -> Iterator[Answer]:
    """All answers; what the account refuses to tell is a warning, but without an identity nothing else is asked."""
    try:
        yield _identity(api, wanted)
    except ApiError as error:
        yield Answer("credentials", Verdict.FAIL, str(error), "set keys that this account knows")
        return
    for question, check in _CHECKS.items():
        try:
            yield from check(api, wanted)
        except ApiError as error:
            yield Answer(question, Verdict.WARN, str(error), "allow the call, or look it up in the console")


def _identity(api: OpenApi, wanted: Wanted) -> Answer:
    caller = api.rpc(f"sts.{wanted.region}.aliyuncs.com", _STS, "GetCallerIdentity")
    return Answer("credentials", Verdict.OK, str(caller.get("Arn", caller.get("AccountId", ""))))


def _kubernetes_version(api: OpenApi, wanted: Wanted) -> Iterator[Answer]:
    host, path = f"cs.{wanted.region}.aliyuncs.com", "/api/v1/metadata/versions"
    listed = api.get(
        host, _CS, "DescribeKubernetesVersionMetadata", path, Region=wanted.region, ClusterType="ManagedKubernetes"
    )
    versions = [str(one.get("version")) for one in listed]
    if wanted.version in versions:
        yield Answer("Kubernetes version", Verdict.OK, wanted.version)
    else:
        found = f"{wanted.version} is not offered, but {', '.join(versions)}"
        yield Answer("Kubernetes version", Verdict.FAIL, found, "set cluster.version to one of these")


def _addons(api: OpenApi, wanted: Wanted) -> Iterator[Answer]:
    for name in wanted.addons:
        question = f"addon {name}"
        try:
            found = api.get(
                f"cs.{wanted.region}.aliyuncs.com", _CS, "DescribeAddon", f"/addons/{name}", region_id=wanted.region,
                cluster_type="ManagedKubernetes", cluster_version=wanted.version,
            )  # fmt: skip
        except ApiError as error:
            yield Answer(question, Verdict.FAIL, str(error), "ask the console under Add-ons what it is called here")
            continue
        schema = found.get("config_schema") or "none"
        yield Answer(question, Verdict.OK, f"{found.get('version')}; configuration schema: {schema[:200]}")


def _alb_zones(api: OpenApi, wanted: Wanted) -> Iterator[Answer]:
    if not wanted.alb:
        return
    listed = api.rpc(f"alb.{wanted.region}.aliyuncs.com", _ALB, "DescribeZones")
    zones = [one["ZoneId"] for one in listed.get("Zones", [])]
    common = [zone for zone in wanted.zones if zone in zones]
    if len(common) == len(wanted.zones):
        yield Answer("zones of ALB", Verdict.OK, ", ".join(common))
    else:
        verdict = Verdict.WARN if len(common) >= _FEWEST_ALB_ZONES else Verdict.FAIL
        mend = f"take at least {_FEWEST_ALB_ZONES} of {', '.join(zones)} into network.zones"
        yield Answer("zones of ALB", verdict, f"ALB is in {', '.join(common) or 'none'} of the stack's zones", mend)


def _alb_role(api: OpenApi, wanted: Wanted) -> Iterator[Answer]:
    if not wanted.alb:
        return
    try:
        api.rpc("ram.aliyuncs.com", _RAM, "GetRole", RoleName=_ALB_ROLE)
    except ApiError as error:
        if error.code != "EntityNotExist.Role":
            raise
        mend = "open the ALB console once, which makes it; without it ACK's controller cannot make the ALB"
        yield Answer(f"role {_ALB_ROLE}", Verdict.FAIL, "there is none", mend)
    else:
        yield Answer(f"role {_ALB_ROLE}", Verdict.OK, "there is one")


_CHECKS: Mapping[str, Check] = {
    "instance types": instance_types,
    "quotas": vcpu_quotas,
    "Kubernetes version": _kubernetes_version,
    "addons": _addons,
    "zones of ALB": _alb_zones,
    f"role {_ALB_ROLE}": _alb_role,
}
