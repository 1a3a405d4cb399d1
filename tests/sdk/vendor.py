"""Calls through the vendor's own Python SDKs, and what their answers lack in the SDKs' eyes."""

import importlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

REGION = "cn-shanghai"
CLIENTS = {
    "alidns": ("alibabacloud_alidns20150109", f"alidns.{REGION}.aliyuncs.com"),
    "arms": ("alibabacloud_arms20190808", f"arms.{REGION}.aliyuncs.com"),
    "cs": ("alibabacloud_cs20151215", f"cs.{REGION}.aliyuncs.com"),
    "ecs": ("alibabacloud_ecs20140526", f"ecs.{REGION}.aliyuncs.com"),
    "ims": ("alibabacloud_ims20190815", "ims.aliyuncs.com"),
    "kms": ("alibabacloud_kms20160120", f"kms.{REGION}.aliyuncs.com"),
    "ram": ("alibabacloud_ram20150501", "ram.aliyuncs.com"),
    "sls": ("alibabacloud_sls20201230", f"{REGION}.log.aliyuncs.com"),
    "sts": ("alibabacloud_sts20150401", f"sts.{REGION}.aliyuncs.com"),
    "vpc": ("alibabacloud_vpc20160428", f"vpc.{REGION}.aliyuncs.com"),
}
SCALARS: Mapping[str, type | tuple[type, ...]] = {"str": str, "int": int, "bool": bool, "float": (int, float)}


class Tally:
    """Calls made and passed, by product."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()

    def __str__(self) -> str:
        by_product = ", ".join(f"{name} {self.passed[name]}/{made}" for name, made in sorted(self.made.items()))
        return f"vendor SDK calls: {self.made.total()} made, {self.passed.total()} passed ({by_product})"


class Vendor:
    """The SDK of one product. proxy: URL; ca: path of a PEM file; key: access key, secret, token of a temporary key."""

    def __init__(self, name: str, proxy: str, ca: str, key: Sequence[str], tally: Tally) -> None:
        package, endpoint = CLIENTS[name]
        config = importlib.import_module("alibabacloud_tea_openapi.models").Config(
            access_key_id=key[0],
            access_key_secret=key[1],
            security_token=key[2] if key[2:] else None,
            region_id=REGION,
            endpoint=endpoint,
            https_proxy=proxy,
            ca=ca,
        )
        self._name = name
        self._tally = tally
        self._models = importlib.import_module(f"{package}.models")
        self._client = importlib.import_module(f"{package}.client").Client(config)
        self._raw: Any = None
        self._keep_raw_answers()

    def call(self, action: str, *path: str, **parameters: Any) -> Any:
        """The answer's body as the SDK's model (None: no body). Names as on the wire; path: the parts of a path.

        Raises AssertionError if the SDK would lose or misread a part of the answer.
        """
        self._tally.made[self._name] += 1
        body = self._send(action, path, parameters)
        came = self._raw.get("body")
        assert body is not None or not isinstance(came, dict), f"{action}: the SDK cannot read {came}"
        skipped = (*TAKEN_BY_SOME, *SHOWN_BEYOND.get(action, ()))
        faults = [fault for fault in faults_of(body, came) if not fault.endswith(skipped)]
        assert not faults, f"{action}: {'; '.join(faults)}"
        self._tally.passed[self._name] += 1
        return body

    def refused(self, action: str, *path: str, **parameters: Any) -> str:
        """The code with which the account refuses, as the SDK reads it. Raises AssertionError if it does not refuse."""
        self._tally.made[self._name] += 1
        refusal = importlib.import_module("Tea.exceptions").TeaException
        try:
            self._send(action, path, parameters)
        except refusal as error:
            self._tally.passed[self._name] += 1
            return str(error.code)
        raise AssertionError(f"{action} was not refused")

    def _send(self, action: str, path: tuple[str, ...], parameters: Mapping[str, Any]) -> Any:
        names = {name.replace("_", ""): name for name in dir(self._client)}
        request_class = getattr(self._models, f"{action}Request", None)
        requests = [request_class().from_map(dict(parameters))] if request_class else []
        answer = getattr(self._client, names[action.lower()])(*path, *requests)
        return getattr(answer, "body", None)

    def _keep_raw_answers(self) -> None:
        for name in ("call_api", "execute", "do_rpcrequest"):
            original = getattr(self._client, name)

            def keeping(*arguments: Any, original: Any = original) -> Any:
                self._raw = original(*arguments)
                return self._raw

            setattr(self._client, name, keeping)


def hang_up() -> None:
    """Close the connections that the SDKs keep for later: the account's server waits for them at its end."""
    for session in importlib.import_module("darabonba.core").DaraCore._sessions.values():
        session.close()


# One product says Key where another says TagKey: the account shows both, and every client takes its own.
TAKEN_BY_SOME = (".Key", ".Value", ".TagKey", ".TagValue")


# What the account shows and the SDK does not declare. A client skips what it does not know, and the provider may read
# it: DeletionProtection of a new key, for one.
SHOWN_BEYOND = {
    "CreateKey": (".DeletionProtection", ".DeletionProtectionDescription"),
    "CreatePolicy": (".AttachmentCount",),
    "CreatePrometheusAlertRule": (".Data",),
    "DeletePrometheusAlertRule": (".Data",),
    "DescribeClusterDetail": (".pod_vswitch_ids", ".endpoint_public_access"),
    "DescribeClustersV1": (".pod_vswitch_ids", ".endpoint_public_access", ".parameters"),
    "DescribeNatGateways": (".VSwitchId", ".SnatTableId", ".ForwardTableId"),
    "DescribeSecurityGroupAttribute": (".SecurityGroupType", ".CreationTime", ".ResourceGroupId", ".Tags"),
    "DescribeSecurityGroups": (".InnerAccessPolicy", ".RegionId"),
    "DescribeVSwitchAttributes": (".RegionId",),
    "DescribeVSwitches": (".RegionId",),
    "DescribeVpcs": (".ClassicLinkEnabled",),
    "ListPoliciesForRole": (".RoleName",),
    "ListPrometheusAlertRules": (".Data",),
    "UpdatePrometheusAlertRule": (".Data",),
}


def faults_of(model: Any, raw: Any, where: str = "") -> Iterator[str]:
    """What the SDK's model of an answer does not take from the raw one, or takes as another type than it declares."""
    if isinstance(raw, list):
        for number, (one, its_raw) in enumerate(zip(model or [], raw, strict=False)):
            yield from faults_of(one, its_raw, f"{where}[{number}]")
    if not hasattr(model, "to_map") or not isinstance(raw, dict):
        return
    known = _by_wire_name(type(model))
    for name, value in raw.items():
        here = f"{where}.{name}"
        if name not in known:
            yield f"the SDK does not know {here}"
            continue
        field, declared = known[name]
        if declared in SCALARS and value is not None and not _is(value, declared):
            yield f"{declared} is declared, {value!r} came, for {here}"
        yield from faults_of(getattr(model, field), value, here)


def _is(value: Any, declared: str) -> bool:
    return isinstance(value, SCALARS[declared]) and (declared == "bool") == isinstance(value, bool)


def _by_wire_name(model: type) -> dict[str, tuple[str, str]]:
    """Wire name → name of the field, declared type."""
    empty = model().to_map()
    found: dict[str, tuple[str, str]] = {}
    for field, declared in model.__init__.__annotations__.items():  # type: ignore[misc]
        probe = model()
        setattr(probe, field, [_Probe()] if str(declared).startswith("List") else _Probe())
        shown = probe.to_map()
        found |= {name: (field, str(declared)) for name in shown if shown[name] != empty.get(name)}
    return found


class _Probe:
    """Stands for any value: to_map copies scalars and asks models for theirs."""

    def to_map(self) -> dict[str, Any]:
        return {}
