"""What a service's role stands for, so that one image can serve people and programs."""

from collections.abc import Mapping
from typing import Any, Literal

from infra.settings.affinity import Affinity
from infra.settings.scaling import Scaling
from infra.settings.section import Section

Role = Literal["ui", "api"]

_SERVES_PEOPLE = ("--listen", "--skip-torch-cuda-test")

# By field of a service; measured choices, see the docstring of services.<name>.role.
_PRESETS: Mapping[Role, Mapping[str, Any]] = {
    "ui": {
        "args": _SERVES_PEOPLE,
        "affinity": Affinity(),
        "scaling": Scaling.model_validate(
            {"targetBurstCapacity": 0, "scaleDownDelay": "5m", "podRetentionPeriod": "10m"}
        ),
    },
    "api": {
        "args": (*_SERVES_PEOPLE, "--api"),
        "scaling": Scaling.model_validate({"targetBurstCapacity": 0}),
    },
}


def preset(role: Role | None, service: Section) -> Mapping[str, Any]:
    """The fields that the role decides, as far as the service does not say them itself."""
    values = _PRESETS[role] if role else {}
    return {
        name: _completed(getattr(service, name), value) if name in service.model_fields_set else value
        for name, value in values.items()
    }


def _completed(own: Any, value: Any) -> Any:
    """Of two sections the own one, with what the other says beside it; anything else as the service says it."""
    if not isinstance(own, Section) or not isinstance(value, Section):
        return own
    missing = value.model_fields_set - own.model_fields_set
    return own.model_copy(update={name: getattr(value, name) for name in missing})
