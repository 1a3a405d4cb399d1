"""What a signed request claims, whatever the way of signing, and how each family of products words its doubts."""

from collections.abc import Callable
from dataclasses import dataclass

from lab.cloud.errors import ApiError

# Code, message, HTTP status.
Said = tuple[str, str, int]


@dataclass(frozen=True)
class Words:
    """unknown: a key that the account does not have; mismatch: a signature that is wrong; old: one of another time.

    token_missing, token_wrong, token_expired: of temporary keys.
    """

    unknown: Said
    mismatch: Said
    old: Said
    token_missing: Said
    token_wrong: Said
    token_expired: Said


@dataclass(frozen=True)
class Signed:
    """Whose key, which signature, how to make that from the secret, when it was, and the token of a temporary key."""

    access_key: str
    signature: str
    sign: Callable[[str], str]
    time: str
    token: str
    words: Words


@dataclass(frozen=True)
class Temporary:
    """A key that an assumed role has got. expires: as naming.now() writes times."""

    secret: str
    token: str
    expires: str


def refusal(said: Said) -> ApiError:
    return ApiError(*said)


_UNKNOWN = ("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
_MISMATCH = ("SignatureDoesNotMatch", "Specified signature is not matched with our calculation.", 400)

# Documented but for the two about a token that is wrong or has expired, which are recollection.
OPEN_API = Words(
    _UNKNOWN,
    _MISMATCH,
    ("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", 400),
    ("MissingSecurityToken", "SecurityToken is mandatory for this action.", 400),
    ("InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatches with the AccessKey.", 400),
    ("InvalidSecurityToken.Expired", "Specified SecurityToken is expired.", 400),
)
# Those about tokens are not documented; spelt as the object storage spells them.
LOG = Words(
    _UNKNOWN,
    _MISMATCH,
    ("RequestTimeExpired", "Specified date value is expired.", 400),
    ("Unauthorized", "AccessKeyId not found.", 401),
    ("InvalidSecurityToken", "The security token you provided is invalid.", 401),
    ("SecurityTokenExpired", "The security token you provided has expired.", 401),
)
_NO_SUCH_KEY = ("InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.", 403)
# Documented. Without its token a temporary key is one that nobody knows.
OSS = Words(
    _NO_SUCH_KEY,
    (
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided.",
        403,
    ),
    (
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
        403,
    ),
    _NO_SUCH_KEY,
    ("InvalidSecurityToken", "The security token you provided is invalid.", 403),
    ("SecurityTokenExpired", "The security token you provided has expired.", 403),
)
