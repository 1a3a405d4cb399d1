"""Where two versions of an object differ, and what of that cannot be changed in place."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .convert import Object

Path = tuple[str | int, ...]


class Kind(Enum):
    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True)
class Change:
    path: Path
    kind: Kind

    def __str__(self) -> str:
        return dotted(self.path)


def changes(old: Any, new: Any, at: Path = ()) -> Iterator[Change]:
    """The leaves at which two trees differ; lists are compared place by place."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _member(old, new, key, (*at, key))
    elif isinstance(old, list) and isinstance(new, list):
        before, after = dict(enumerate(old)), dict(enumerate(new))
        for index in sorted(before.keys() | after.keys()):
            yield from _member(before, after, index, (*at, index))
    elif old != new:
        yield Change(at, Kind.UPDATE)


def _member(old: Mapping[Any, Any], new: Mapping[Any, Any], key: str | int, at: Path) -> Iterator[Change]:
    if key not in new:
        yield Change(at, Kind.DELETE)
    elif key not in old:
        yield Change(at, Kind.ADD)
    else:
        yield from changes(old[key], new[key], at)


def dotted(path: Path) -> str:
    """As the engine writes property paths: `spec.containers[0].env`, `metadata.annotations["pulumi.com/waitFor"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.search(r'[."\[\]]', part):
            escaped = part.replace('"', '\\"')
            text += f'["{escaped}"]'
        else:
            text += f".{part}" if text else part
    return text


def parse(path: str) -> tuple[str | int, ...]:
    """The other way round; `*` stays as it is and stands for every place of a list or map."""
    parts: list[str | int] = []
    for quoted, index, name in re.findall(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.\[\]]+)', path):
        if index.isdigit():
            parts.append(int(index))
        else:
            parts.append(quoted.replace('\\"', '"') or index or name)
    return tuple(parts)


def within(path: Path, outer: Path) -> bool:
    """Whether `path` is `outer` or lies inside it."""
    return len(path) >= len(outer) and all(b in ("*", a) for a, b in zip(path, outer, strict=False))


def seen(live: Mapping[str, Any], inputs: Mapping[str, Any]) -> Object:
    """The live object in the words of the inputs: only fields that these speak about.

    Everything else belongs to controllers and defaults, and must not show as drift. Secret.stringData is write-only:
    it is looked for in data.
    """
    words: Object = _prune(live, inputs)
    if live.get("kind") == "Secret" and isinstance(inputs.get("stringData"), dict):
        data = live.get("data") or {}
        words["stringData"] = {key: _decoded(data[key]) for key in inputs["stringData"] if key in data}
    return words


def _prune(live: Any, inputs: Any) -> Any:
    if isinstance(live, dict) and isinstance(inputs, dict):
        return {key: _prune(live[key], value) for key, value in inputs.items() if key in live}
    if isinstance(live, list) and isinstance(inputs, list):
        return [_prune(a, b) for a, b in zip(live, inputs, strict=False)]
    return live


def _decoded(value: str) -> str:
    return base64.b64decode(value).decode(errors="replace")


# Fields whose change replaces the object even where the server would allow it in place, as in the official plugin:
# pods read a ConfigMap or Secret when they start, so new content under the old name would reach nobody.
_CONTENT = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData", "type")}
_REPLACED: Mapping[tuple[str, str], Sequence[str]] = {
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "StatefulSet"): ("spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
    ("batch", "Job"): ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
    ("", "PersistentVolumeClaim"): (
        "spec.accessModes",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeName",
    ),
    ("", "Service"): ("spec.clusterIP",),
}


def fixed(obj: Mapping[str, Any], mutable: frozenset[str] = frozenset()) -> list[Path]:
    """The paths of an object that force its replacement. mutable: kinds whose content may change in place."""
    group, _, _ = obj["apiVersion"].rpartition("/")
    kind = obj["kind"]
    paths: list[str] = ["metadata.name", "metadata.namespace", *_REPLACED.get((group, kind), ())]
    if group == "" and kind in _CONTENT and (kind not in mutable or obj.get("immutable") is True):
        paths += _CONTENT[kind]
    return [parse(path) for path in paths]
