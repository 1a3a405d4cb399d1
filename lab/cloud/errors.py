"""What an emulated API refuses, in the shape that every product turns into its own wire form."""

from collections.abc import Mapping


class ApiError(Exception):
    """A refusal as the real API words it.

    status: HTTP status; 5xx only for faults on demand, as the provider retries it silently for minutes.
    denied: who was refused which action, where policies are the reason.
    """

    def __init__(self, code: str, message: str, status: int = 400, denied: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.denied = denied


class UnknownActionError(ApiError):
    """The lab does not emulate this call; the account records it."""

    def __init__(self, product: str, action: str) -> None:
        super().__init__(
            "Lab.UnknownAction",
            f"the lab's emulated account does not know {action} of {product}: "
            f"add it to lab/cloud/{product}/wire.py, or leave out what needs it in the lab's stack file",
        )


class MissingParameterError(ApiError):
    def __init__(self, name: str) -> None:
        super().__init__("MissingParameter", f"the parameter {name} is mandatory for this action and was not given")
