"""STS 2015-04-01."""

from collections.abc import Mapping
from typing import Any

from lab.cloud.naming import ACCOUNT_ID
from lab.cloud.rpc import RpcProduct, RpcRequest
from lab.cloud.sts.models import USER, Session, Sessions, Wish

# Nobody has a key yet who asks for one with a token.
UNSIGNED = "AssumeRoleWithOIDC"


def sts_product(sessions: Sessions) -> RpcProduct:
    def assume(request: RpcRequest) -> Mapping[str, Any]:
        return _granted(sessions.assume(_wish(request), request.caller))

    def assume_with_oidc(request: RpcRequest) -> Mapping[str, Any]:
        provider, text = request.need("OIDCProviderArn"), request.need("OIDCToken")
        session, token = sessions.assume_with_oidc(_wish(request), provider, text)
        about = {
            "Subject": token.subject,
            "Issuer": token.issuer,
            "ClientIds": ",".join(token.audiences),
            "IssuanceTime": f"{token.issued:%Y-%m-%dT%H:%M:%SZ}",
            "ExpirationTime": f"{token.expires:%Y-%m-%dT%H:%M:%SZ}",
        }
        return {**_granted(session), "OIDCTokenInfo": about}

    def who(request: RpcRequest) -> Mapping[str, Any]:
        session = sessions.of(request.caller)
        if session is None:
            return {
                "AccountId": ACCOUNT_ID,
                "UserId": "lab",
                "Arn": USER,
                "IdentityType": "RAMUser",
                "PrincipalId": "lab",
            }
        return {
            "AccountId": ACCOUNT_ID,
            "RoleId": session.role_id,
            "Arn": session.arn,
            "IdentityType": "AssumedRoleUser",
            "PrincipalId": f"{session.role_id}:{session.name}",
        }

    return RpcProduct("sts", {"AssumeRole": assume, UNSIGNED: assume_with_oidc, "GetCallerIdentity": who})


def _wish(request: RpcRequest) -> Wish:
    seconds = request.get("DurationSeconds")
    policy = request.get("Policy")
    return Wish(request.need("RoleArn"), request.need("RoleSessionName"), int(seconds) if seconds else None, policy)


def _granted(session: Session) -> dict[str, Any]:
    return {
        "Credentials": {
            "AccessKeyId": session.access_key,
            "AccessKeySecret": session.secret,
            "SecurityToken": session.token,
            "Expiration": session.expires,
        },
        "AssumedRoleUser": {"AssumedRoleId": f"{session.role_id}:{session.name}", "Arn": session.arn},
    }
