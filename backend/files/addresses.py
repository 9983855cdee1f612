"""Short-lived addresses of files: whoever holds one may read that file for some minutes, without a token or a cookie.

So a picture can stand in a page, be handed to the system's viewer, or be fetched in pieces. The address says all there
is to know, under a seal; nothing is asked of the database. It stands in the query, which is not logged.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core import signing

from core.clock import now
from files.errors import AddressInvalid

LIFETIME = timedelta(minutes=10)
_SALT = "roundsman.files.address"
_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Address:
    """What may be read. name: in the storage. shown_as: the file name that a browser is told. tag: of the content.

    inline: may be shown in a page; otherwise it is downloaded.
    """

    name: str
    media_type: str
    shown_as: str
    tag: str
    inline: bool


def seal(address: Address) -> tuple[str, datetime]:
    """The address as a query string, and until when it is good."""
    until = now() + LIFETIME
    sealed = signing.Signer(salt=_SALT).sign_object({**asdict(address), "until": int(until.timestamp())})
    return urlencode({"token": sealed}), until


def unseal(token: str) -> Address:
    """What the token allows to read. Raises files.address_invalid."""
    if len(token) > _LONGEST:
        raise AddressInvalid
    try:
        said: dict[str, Any] = signing.Signer(salt=_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        raise AddressInvalid from None
    if said.pop("until") < now().timestamp():
        raise AddressInvalid
    return Address(**said)
