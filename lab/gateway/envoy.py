"""Envoy's configuration as plain JSON: bootstrap, listeners, clusters, endpoints, routes. No state, no files."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.gateway.backends import Address
from lab.gateway.balancer import Clients, Listener
from lab.gateway.tls import TlsPolicy

Json = dict[str, Any]

EXTERNAL, SECURE, INTERNAL = "external", "secure", "internal"
# A host of our own: its answer is the version of the routes that the worker serves.
VERSION_HOST = "version.gateway.lab"

_TYPE = "type.googleapis.com/"
_HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_STICKY = "envoy.filters.http.stateful_session"
_ACCESS = "envoy.filters.http.rbac"
_ACCESS_TYPE = "envoy.extensions.filters.http.rbac.v3"
_OUR_LOG = (
    "%START_TIME% %RESPONSE_CODE% %RESPONSE_FLAGS% %DURATION%ms %REQ(:AUTHORITY)% "
    "%UPSTREAM_CLUSTER% %UPSTREAM_HOST% try=%UPSTREAM_REQUEST_ATTEMPT_COUNT%\n"
)
# The fields that ALB's documentation lists for its access log, as far as Envoy knows them; its times are milliseconds.
_STORE_LOG = {
    "__topic__": "alb_layer7_access_log",
    "time": "%START_TIME%",
    "status": "%RESPONSE_CODE%",
    "request_time": "%DURATION%",
    "upstream_response_time": "%RESPONSE_DURATION%",
    "upstream_addr": "%UPSTREAM_HOST%",
    "client_ip": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
    "scheme": "%REQ(:SCHEME)%",
    "host": "%REQ(:AUTHORITY)%",
    "http_host": "%REQ(:AUTHORITY)%",
    "request_method": "%REQ(:METHOD)%",
    "request_uri": "%REQ(:PATH)%",
    "request_length": "%DOWNSTREAM_WIRE_BYTES_RECEIVED%",
    "body_bytes_sent": "%BYTES_SENT%",
    "http_referer": "%REQ(REFERER)%",
    "http_user_agent": "%REQ(USER-AGENT)%",
    "http_x_forwarded_for": "%REQ(X-FORWARDED-FOR)%",
    "server_protocol": "%PROTOCOL%",
    "slb_vport": "%DOWNSTREAM_LOCAL_PORT%",
    "ssl_protocol": "%DOWNSTREAM_TLS_VERSION%",
    "ssl_cipher": "%DOWNSTREAM_TLS_CIPHER%",
}


def bootstrap(directory: Path) -> Json:
    """Everything else comes from the directory's files, so Envoy is never restarted."""
    return {
        "node": {"id": "gateway", "cluster": "gateway"},
        "admin": {"address": {"pipe": {"path": str(directory / "admin.sock")}}},
        "dynamic_resources": {
            "lds_config": _from_file(directory / "lds.json"),
            "cds_config": _from_file(directory / "cds.json"),
        },
    }


def standalone(listeners: Sequence[Json], clusters: Sequence[Json]) -> Json:
    """A configuration without files, for `envoy --mode validate`."""
    return {"static_resources": {"listeners": list(listeners), "clusters": list(clusters)}}


def discovery_response(kind: str, resources: Sequence[Json]) -> Json:
    """One xDS file; kind as in envoy.config.<kind>; the version follows from the content."""
    typed = [{"@type": f"{_TYPE}envoy.config.{kind}", **resource} for resource in resources]
    return {"version_info": version(resources), "resources": typed}


def version(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def listener(name: str, port: int, routes: Json, wanted: Listener, logs: Sequence[Json]) -> Json:
    """routes: `routes_from_file(...)`, or `{"route_config": …}` inline; clients who are not let in get 403.

    logs: `our_log(...)`, `store_log(...)`.
    """
    manager = _typed(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=name,
        **routes,
        common_http_protocol_options={"idle_timeout": f"{wanted.idle_timeout_seconds}s"},
        # Envoy's own limit of 300 s without a byte would cut an image short of ALB's requestTimeout; Kourier has it.
        stream_idle_timeout=f"{wanted.silence_seconds}s",
        use_remote_address=True,
        server_name=wanted.server,
        upgrade_configs=[{"upgrade_type": "websocket"}],
        http_filters=[
            *([_access(wanted.clients)] if wanted.clients else []),
            _named(_STICKY, "envoy.extensions.filters.http.stateful_session.v3.StatefulSession"),
            _named("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router"),
        ],
        access_log=list(logs),
    )
    filters = [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]
    return {"name": name, "address": _socket(Address("0.0.0.0", port)), "filter_chains": [{"filters": filters}]}


def our_log(file: Path) -> Json:
    """A line for each request that says which pod was asked and how often."""
    return _access_log(file, {"text_format_source": {"inline_string": _OUR_LOG}})


def store_log(file: Path, balancer_id: str) -> Json:
    """A line of JSON for each request, as ALB delivers it to the log service."""
    return _access_log(file, {"json_format": {**_STORE_LOG, "app_lb_id": balancer_id}})


def with_tls(plain: Json, certificates: Sequence[tuple[str, str]], policy: TlsPolicy) -> Json:
    """certificates: files of each certificate and its key. By the host that a client names; else the first one."""
    common = {
        "alpn_protocols": ["h2", "http/1.1"],
        "tls_params": {
            "tls_minimum_protocol_version": _tls_version(policy.oldest),
            "tls_maximum_protocol_version": _tls_version(policy.newest),
            "cipher_suites": list(policy.ciphers),
        },
        "tls_certificates": [
            {"certificate_chain": {"filename": certificate}, "private_key": {"filename": key}}
            for certificate, key in certificates
        ],
    }
    message = "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"
    socket = _named("envoy.transport_sockets.tls", message, common_tls_context=common)
    chains = [{**chain, "transport_socket": socket} for chain in plain["filter_chains"]]
    return {**plain, "filter_chains": chains}


def routes_from_file(name: str, directory: Path) -> Json:
    return {"rds": {"route_config_name": name, "config_source": _from_file(directory / f"rds-{name}.json")}}


def cluster(name: str, endpoints: Json, http2: bool) -> Json:
    """endpoints: `endpoints_from_file(...)`, or `{"load_assignment": …}` inline."""
    built = {"name": name, "connect_timeout": "2s", "lb_policy": "ROUND_ROBIN", **endpoints}
    if http2:
        options = _typed(_HTTP_OPTIONS, explicit_http_config={"http2_protocol_options": {}})
        # The key is the type's bare name; with the type.googleapis.com prefix Envoy refuses the whole file.
        built["typed_extension_protocol_options"] = {_HTTP_OPTIONS: options}
    return built


def endpoints_from_file(path: Path) -> Json:
    return {"type": "EDS", "eds_cluster_config": {"eds_config": _from_file(path)}}


def load_assignment(cluster_name: str, addresses: Iterable[Address]) -> Json:
    endpoints = [{"endpoint": {"address": _socket(address)}} for address in addresses]
    return {"cluster_name": cluster_name, "endpoints": [{"lb_endpoints": endpoints}]}


def route_configuration(
    name: str, hosts: Mapping[str, Sequence[Json]], request_timeout_seconds: int, unknown_host: int = 503
) -> Json:
    """Routes of one listener, each with its request timeout; unknown_host: status for a host that nobody serves."""
    timeout = {"timeout": f"{request_timeout_seconds}s"}
    virtual_hosts = [
        {
            "name": host,
            "domains": [host],
            "routes": [{**route, "route": {**route["route"], **timeout}} for route in routes],
        }
        for host, routes in sorted(hosts.items())
    ]
    serving = version([virtual_hosts, unknown_host])
    # Access without rules is free: asking for the version must not depend on who is let in.
    open_to_all: Json = {"typed_per_filter_config": {_ACCESS: _typed(f"{_ACCESS_TYPE}.RBACPerRoute")}}
    virtual_hosts += [
        {"name": "version", "domains": [VERSION_HOST], "routes": [_answer(200, serving)], **open_to_all},
        {"name": "unknown", "domains": ["*"], "routes": [_answer(unknown_host, "no service has this host\n")]},
    ]
    return {"name": name, "ignore_port_in_host_matching": True, "virtual_hosts": virtual_hosts}


def served_version(configuration: Json) -> str:
    """What VERSION_HOST answers once this route configuration is served."""
    (answer,) = (host["routes"][0] for host in configuration["virtual_hosts"] if host["name"] == "version")
    return str(answer["direct_response"]["body"]["inline_string"])


def match(prefix: str, headers: Mapping[str, str]) -> Json:
    if not headers:
        return {"prefix": prefix}
    exact = [{"name": name, "string_match": {"exact": value}} for name, value in sorted(headers.items())]
    return {"prefix": prefix, "headers": exact}


def headers_to_set(headers: Mapping[str, str]) -> list[Json]:
    return [
        {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        for key, value in sorted(headers.items())
    ]


def sticky_cookie(name: str, seconds: int) -> Json:
    """Part of a route: the cookie names the endpoint; without that endpoint another one answers and is named."""
    state = _named(
        "envoy.http.stateful_session.cookie",
        "envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState",
        cookie={"name": name, "ttl": f"{seconds}s", "path": "/"},
    )
    per_route = _typed(
        "envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute",
        stateful_session={"session_state": state},
    )
    return {"typed_per_filter_config": {_STICKY: per_route}}


def _access(clients: Clients) -> Json:
    networks = [
        {"direct_remote_ip": {"address_prefix": str(one.network_address), "prefix_len": one.prefixlen}}
        for one in clients.networks
    ]
    policies = {"listed": {"permissions": [{"any": True}], "principals": networks}} if networks else {}
    rules = {"action": "ALLOW" if clients.listed else "DENY", "policies": policies}
    return _named(_ACCESS, f"{_ACCESS_TYPE}.RBAC", rules=rules)


def _access_log(file: Path, line: Json) -> Json:
    """All requests but our own for the version."""
    message = "envoy.extensions.access_loggers.file.v3.FileAccessLog"
    log = _named("envoy.access_loggers.file", message, path=str(file), log_format=line)
    host = {"name": ":authority", "string_match": {"exact": VERSION_HOST}, "invert_match": True}
    return {**log, "filter": {"header_filter": {"header": host}}}


def _tls_version(number: str) -> str:
    """Of "1.2": TLSv1_2."""
    return f"TLSv{number.replace('.', '_')}"


def _answer(status: int, body: str) -> Json:
    return {"match": {"prefix": "/"}, "direct_response": {"status": status, "body": {"inline_string": body}}}


def _from_file(path: Path) -> Json:
    return {"resource_api_version": "V3", "path_config_source": {"path": str(path)}}


def _socket(address: Address) -> Json:
    return {"socket_address": {"address": address.host, "port_value": address.port}}


def _typed(message: str, **fields: Any) -> Json:
    return {"@type": f"{_TYPE}{message}", **fields}


def _named(name: str, message: str, **fields: Any) -> Json:
    return {"name": name, "typed_config": _typed(message, **fields)}
