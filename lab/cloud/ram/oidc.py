"""OIDC identity providers: whose tokens may open roles. Known by their names, as roles are."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from lab.cloud.document import Document
from lab.cloud.errors import ApiError
from lab.cloud.naming import ACCOUNT_ID, now
from lab.cloud.store import Collection, Store


class OidcProvider(Document):
    """client_ids, fingerprints: separated by commas, as the API has them. issuance_limit_time: hours after a token's
    issue in which it is taken."""

    shows_tags = False

    oidc_provider_name: str = Field(alias="OIDCProviderName")
    arn: str
    issuer_url: str
    client_ids: str = ""
    fingerprints: str = ""
    description: str = ""
    issuance_limit_time: int = Field(12, ge=1, le=168)
    create_date: str


class OidcProviders:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.providers = Collection(store, "oidc-provider", OidcProvider, "EntityNotExist.OIDCProvider")

    def create(self, parameters: Mapping[str, Any]) -> OidcProvider:
        with self._store.transaction():
            name = parameters.get("OIDCProviderName", "")
            if self.providers.find(name):
                raise ApiError("EntityAlreadyExists.OIDCProvider", f"there is an OIDC provider {name!r} already", 409)
            arn = f"acs:ram::{ACCOUNT_ID}:oidc-provider/{name}"
            return self.providers.put(name, OidcProvider.of(parameters, arn=arn, create_date=now()))

    def delete(self, name: str) -> None:
        self.providers.get(name)
        self.providers.remove(name)

    def with_arn(self, arn: str) -> OidcProvider | None:
        return self.providers.find(arn.rpartition("/")[2])

    def change_fingerprints(self, name: str, add: str = "", remove: str = "") -> None:
        with self._store.transaction():
            known = [one for one in self.providers.get(name).fingerprints.split(",") if one not in ("", add, remove)]
            self.providers.change(name, fingerprints=",".join([*known, *([add] if add else [])]))
