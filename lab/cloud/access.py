"""Whether the policies of a role allow what its key asks for, and how each product says that they do not.

Lasting keys of the account may do all.
"""

import json
from collections.abc import Mapping

from lab.cloud.errors import ApiError
from lab.cloud.naming import ACCOUNT_ID
from lab.cloud.ram.asked import asked
from lab.cloud.ram.models import AccessManagement
from lab.cloud.ram.policies import Asked, Verdict, judge
from lab.cloud.signed import Said
from lab.cloud.sts.models import Session, Sessions
from lab.cloud.wire import HttpRequest

_FORBIDDEN: Said = (
    "Forbidden.RAM",
    "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
    403,
)
_NO_PERMISSION: Said = (
    "NoPermission",
    "You are not authorized to do this action. Resource: {resource} Action: {action}",
    403,
)
# Documented, but for arms, bss and kms, which are guesses; the status of dns is reported.
_WORDS: Mapping[str, Said] = {
    "cs": ("StatusForbidden", "STSToken policy Forbidden for action {action}", 403),
    "dns": (*_FORBIDDEN[:2], 400),
    "ims": _NO_PERMISSION,
    "kms": ("Forbidden.NoPermission", "This operation is forbidden by permission system.", 403),
    "oss": ("AccessDenied", "You have no right to access this object because of bucket acl.", 403),
    "ram": _NO_PERMISSION,
    "sls": ("Unauthorized", "denied by sts or ram, action: {action}, resource: {resource}", 401),
    "sts": _NO_PERMISSION,
}


class Access:
    def __init__(self, ram: AccessManagement, sessions: Sessions) -> None:
        self._ram = ram
        self._sessions = sessions

    def check(self, product: str, action: str, request: HttpRequest, caller: str) -> None:
        """caller: access key. Raises ApiError for what its role may not do."""
        session = self._sessions.of(caller)
        if session is None:
            return
        of_the_role = self._ram.documents(session.role_name)
        of_the_session = [[json.loads(session.policy)]] if session.policy else []
        for one in asked(product, action, request):
            for documents in (of_the_role, *of_the_session):
                verdict = judge(documents, one)
                if verdict != "Allow":
                    raise _refusal(product, one, verdict, session)


def _refusal(product: str, wanted: Asked, verdict: Verdict, session: Session) -> ApiError:
    code, message, status = _WORDS.get(product, _FORBIDDEN)
    detail = {
        "AuthAction": wanted.action,
        "AuthPrincipalDisplayName": f"{session.role_name}:{session.name}",
        "AuthPrincipalOwnerId": ACCOUNT_ID,
        "AuthPrincipalType": "AssumedRoleUser",
        "NoPermissionType": verdict,
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }
    return ApiError(code, message.format(action=wanted.action, resource=wanted.resource), status, detail)
