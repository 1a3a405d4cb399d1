"""Whether the account's limits on virtual CPUs leave room for a stack."""

from collections.abc import Iterator, Mapping
from typing import Any

from ops.preflight.answer import Answer, Verdict
from ops.preflight.openapi import OpenApi
from ops.preflight.wanted import Wanted

_ECS = "2014-05-26"
_MEND = "ask for more in the console under Quota Center, or lower maxSize of the pools"


def vcpu_quotas(api: OpenApi, wanted: Wanted) -> Iterator[Answer]:
    """One answer per way of buying that the stack uses: fail below its smallest size, warn below its largest."""
    limits = _limits(api, wanted.region)
    for purchase, (floor, ceiling) in wanted.vcpus.items():
        if ceiling == 0:
            continue
        question = f"vCPUs {'at spot prices' if purchase == 'spot' else 'on demand'}"
        most = limits.get(f"max-{purchase}-instance-vcpu-count")
        if most is None:
            yield Answer(question, Verdict.WARN, "the account names no limit", "look it up in the console")
            continue
        left = most - limits.get(f"used-{purchase}-instance-vcpu-count", 0)
        found = f"{left} of {most} are left; the stack takes {floor} to {ceiling}"
        verdict = Verdict.FAIL if left < floor else Verdict.WARN if left < ceiling else Verdict.OK
        yield Answer(question, verdict, found, "" if verdict is Verdict.OK else _MEND)


def _limits(api: OpenApi, region: str) -> Mapping[str, int]:
    answer = api.rpc(f"ecs.{region}.aliyuncs.com", _ECS, "DescribeAccountAttributes", RegionId=region)
    items: Any = (answer.get("AccountAttributeItems") or {}).get("AccountAttributeItem") or []
    values = {one["AttributeName"]: one["AttributeValues"]["ValueItem"] for one in items}
    return {name: int(value[0]["Value"]) for name, value in values.items() if "vcpu" in name and value}
