"""Client tokens: a call that is repeated gets the first answer again instead of doing its work twice."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from lab.cloud.errors import ApiError
from lab.cloud.store import Collection, Store

TOKENS = "client-token"
# They change with every attempt, or say how it was signed; a repeated call is the same call all the same.
_OF_THE_ATTEMPT = {
    "AccessKeyId", "SecurityToken", "Signature", "SignatureMethod", "SignatureNonce", "SignatureType",
    "SignatureVersion", "Timestamp",
}  # fmt: skip


class _Answered(BaseModel):
    asked: str
    answer: dict[str, Any]


class ClientTokens:
    """Kept with the account's objects, so that they outlive a restart of the lab as these do."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._answered = Collection(store, TOKENS, _Answered, "InvalidClientToken.NotFound")

    def once(
        self, action: str, parameters: Mapping[str, str], work: Callable[[], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """work's answer, now or from the first call with this token; what fails is not remembered.

        Raises ApiError if the token came with other parameters before. Object and token are stored together, and
        nobody comes in between: of two calls at once the second finds the first one's answer.
        """
        token = parameters.get("ClientToken")
        if not token:
            return work()
        key, asked = f"{action} {token}", _digest(parameters)
        with self._store.transaction():
            before = self._answered.find(key)
            if before is None:
                before = self._answered.put(key, _Answered(asked=asked, answer=dict(work())))
            if before.asked != asked:
                raise ApiError(
                    "IdempotentParameterMismatch",
                    f"the client token {token!r} was used before, with other parameters of {action}",
                )
            return before.answer


def _digest(parameters: Mapping[str, str]) -> str:
    """Of what is asked for; parameters may hold passwords, which have no place in a record."""
    asked = {name: value for name, value in parameters.items() if name not in _OF_THE_ATTEMPT}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
