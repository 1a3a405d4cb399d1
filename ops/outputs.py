"""The stack's outputs, as `pulumi stack output --json --show-secrets` prints them."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

_MASKED = "[secret]"
_HOW = "make it with `pulumi stack output --json --show-secrets`"


class OutputsError(RuntimeError):
    """What is wrong with the outputs and how to get right ones."""


class ServiceOutputs(BaseModel):
    """host: the Host header that the gateway routes by."""

    model_config = ConfigDict(frozen=True)

    host: str
    url: str


class StackOutputs(BaseModel):
    """kubeconfig: the text, a secret; services: by name."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    cluster_id: str
    gateway_address: str
    kubeconfig: str
    namespace: str
    services: Mapping[str, ServiceOutputs]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises OutputsError."""
        try:
            outputs = cls.model_validate_json(text)
        except ValidationError as error:
            problems = "; ".join(f"{_where(each['loc'])}: {each['msg']}" for each in error.errors())
            raise OutputsError(f"stack outputs: {problems}; {_HOW}") from error
        if outputs.kubeconfig == _MASKED:
            raise OutputsError(f"stack outputs: kubeconfig is {_MASKED}, not its text; {_HOW}")
        return outputs

    def service(self, name: str | None) -> tuple[str, ServiceOutputs]:
        """Name and outputs; without a name the only service. Raises OutputsError."""
        known = ", ".join(sorted(self.services)) or "none"
        if name is None and len(self.services) != 1:
            raise OutputsError(f"this stack has several services or none ({known}): say which with --service")
        chosen = name or next(iter(self.services))
        if chosen not in self.services:
            raise OutputsError(f"this stack has no service {chosen!r}: there are {known}")
        return chosen, self.services[chosen]


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "the whole"
