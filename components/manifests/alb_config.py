"""The manifest that tells ACK's ALB controller which load balancer a cluster has, and how it listens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

Manifest = dict[str, Any]

API_GROUP = "alibabacloud.com"
KIND = "AlbConfig"

_HTTP_PORT, _HTTPS_PORT = 80, 443


@dataclass(frozen=True)
class AccessLog:
    """Where the ALB writes a line per request: a project and a store of the log service.

    store: must start with alb_, else ACK's webhook refuses the AlbConfig.
    """

    project: str
    store: str


@dataclass(frozen=True)
class NewAlb:
    """An ALB that the AlbConfig owns: deleting the one deletes the other.

    vswitch_ids: of two zones at least.
    address_type: Internet or Intranet; fixed at creation.
    """

    vswitch_ids: Sequence[pulumi.Input[str]]
    address_type: str = "Internet"
    edition: str = "Standard"
    access_log: AccessLog | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExistingAlb:
    """An ALB that others own, in the VPC of the cluster: its own attributes stay as they are.

    override_listeners: whether listeners that it has on the same ports are taken over.
    """

    alb_id: str
    override_listeners: bool = False


@dataclass(frozen=True)
class HttpsListener:
    """The listener on port 443.

    certificate_ids: of the certificate service; the first is for clients that name no host.
    security_policy_id: TLS versions and ciphers; ALB's own default still takes TLS 1.0.
    """

    certificate_ids: Sequence[str]
    security_policy_id: str


@dataclass(frozen=True)
class AllowedClients:
    """The only clients that are let in, by address.

    list_name: of the access control lists that the controller makes, one per listener; they are the account's, so two
        stacks of one name would write into one list.
    cidrs: IPv4; with none of them nobody is let in.
    """

    list_name: str
    cidrs: Sequence[str]


@dataclass(frozen=True)
class AlbConfigSpec:
    """One ALB and its listeners.

    http: whether there is a listener on port 80.
    clients: None lets everyone in.
    idle_timeout_seconds, request_timeout_seconds: ALB's own defaults are 15 and 60; a cold start of a GPU pod takes
        minutes, and past the limit ALB answers 504. 600 is its highest.
    """

    name: str
    alb: NewAlb | ExistingAlb
    http: bool = True
    https: HttpsListener | None = None
    clients: AllowedClients | None = None
    idle_timeout_seconds: int = 60
    request_timeout_seconds: int = 600


def alb_config(spec: AlbConfigSpec) -> Manifest:
    """The AlbConfig. Its schema keeps unknown fields, so a misspelt one is silently without effect."""
    config = _existing(spec.alb) if isinstance(spec.alb, ExistingAlb) else _new(spec.name, spec.alb)
    return {
        "apiVersion": f"{API_GROUP}/v1",
        "kind": KIND,
        "metadata": {"name": spec.name},
        "spec": {"config": config, "listeners": list(_listeners(spec))},
    }


def _new(name: str, alb: NewAlb) -> Manifest:
    config: Manifest = {
        "name": name,
        "addressType": alb.address_type,
        "edition": alb.edition,
        "zoneMappings": [{"vSwitchId": vswitch_id} for vswitch_id in alb.vswitch_ids],
    }
    if alb.access_log:
        config["accessLogConfig"] = {"logProject": alb.access_log.project, "logStore": alb.access_log.store}
    if alb.tags:
        config["tags"] = [{"key": key, "value": value} for key, value in alb.tags.items()]
    return config


def _existing(alb: ExistingAlb) -> Manifest:
    return {"id": alb.alb_id, "forceOverride": False, "listenerForceOverride": alb.override_listeners}


def _listeners(spec: AlbConfigSpec) -> Sequence[Manifest]:
    listeners = [_listener(spec, _HTTP_PORT, "HTTP")] if spec.http else []
    if spec.https:
        certificates = [
            # Unlike all other keys these two are written with a capital.
            {"CertificateId": certificate_id, "IsDefault": place == 0}
            for place, certificate_id in enumerate(spec.https.certificate_ids)
        ]
        https = {"certificates": certificates, "securityPolicyId": spec.https.security_policy_id}
        listeners.append({**_listener(spec, _HTTPS_PORT, "HTTPS"), **https})
    return listeners


def _listener(spec: AlbConfigSpec, port: int, protocol: str) -> Manifest:
    listener: Manifest = {
        "port": port,
        "protocol": protocol,
        "idleTimeout": spec.idle_timeout_seconds,
        "requestTimeout": spec.request_timeout_seconds,
    }
    if spec.clients:
        listener["aclConfig"] = {
            "aclName": f"{spec.clients.list_name}-{port}",
            "aclType": "White",
            "aclEntries": list(spec.clients.cidrs),
        }
    return listener
