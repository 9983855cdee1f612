"""Second factors on the wire."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import StringConstraints

from accounts.schemas.people import Text
from core.rest_schemas import CommandOut

GivenCode = Annotated[Text, StringConstraints(min_length=1, max_length=64)]


class SecondFactorOut(Schema):
    """What the caller's sign-ins ask for besides the password.

    is_on: whether they do. since: from when on. recovery_codes_left: how many of them were not used yet.
    """

    is_on: bool
    since: datetime | None
    recovery_codes_left: int


class EnrolmentOut(Schema):
    """A new secret for an authenticator app; nothing is stored before a code confirms it.

    draft: to be sent back with the code. secret: in base 32, to be typed. uri: `otpauth:`, for a QR code.
    expires_in_s: how long the draft is good.
    """

    draft: str
    secret: str
    uri: str
    expires_in_s: int


class EnableSecondFactorIn(Schema):
    """A draft of a secret, and a code that shows that the app has it."""

    draft: Annotated[Text, StringConstraints(max_length=1024)]
    code: GivenCode


class CodeIn(Schema):
    """A code of the app, or a recovery code."""

    code: GivenCode


class RecoveryCodesOut(CommandOut):
    """An answer with recovery codes. recovery_codes: this once; null where the answer repeats an earlier one."""

    recovery_codes: list[str] | None
