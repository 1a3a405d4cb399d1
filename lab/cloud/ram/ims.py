"""IMS 2019-08-15: actions on OIDC providers. The product has many more, which nothing here asks for."""

from collections.abc import Mapping
from typing import Any

from lab.cloud.actions import delete
from lab.cloud.pages import marked
from lab.cloud.ram.oidc import OidcProvider, OidcProviders
from lab.cloud.rpc import RpcProduct, RpcRequest

NAME, SHOWN = "OIDCProviderName", "OIDCProvider"


def ims_product(oidc: OidcProviders) -> RpcProduct:
    def create(request: RpcRequest) -> Mapping[str, Any]:
        return _shown(oidc.create(request.parameters))

    def update(request: RpcRequest) -> Mapping[str, Any]:
        name = request.need(NAME)
        news = dict(request.parameters)
        if "NewDescription" in news:
            news["Description"] = news["NewDescription"]
        known = oidc.providers.get(name)
        return _shown(oidc.providers.put(name, known.changed(news, "Description", "IssuanceLimitTime", "ClientIds")))

    def add_fingerprint(request: RpcRequest) -> Mapping[str, Any]:
        oidc.change_fingerprints(request.need(NAME), add=request.need("Fingerprint"))
        return {}

    def remove_fingerprint(request: RpcRequest) -> Mapping[str, Any]:
        oidc.change_fingerprints(request.need(NAME), remove=request.need("Fingerprint"))
        return {}

    def list_all(request: RpcRequest) -> Mapping[str, Any]:
        rows = [_shown(one)[SHOWN] for one in oidc.providers.all()]
        return marked(request, "OIDCProviders", SHOWN, rows)

    return RpcProduct(
        "ims",
        {
            "CreateOIDCProvider": create,
            "ListOIDCProviders": list_all,
            "GetOIDCProvider": lambda request: _shown(oidc.providers.get(request.need(NAME))),
            "UpdateOIDCProvider": update,
            "AddFingerprintToOIDCProvider": add_fingerprint,
            "RemoveFingerprintFromOIDCProvider": remove_fingerprint,
            "DeleteOIDCProvider": delete(oidc.delete, NAME),
        },
    )


def _shown(provider: OidcProvider) -> dict[str, Any]:
    return {SHOWN: provider.shown(GmtCreate=provider.create_date)}
