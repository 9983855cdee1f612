"""An authenticator app: takes a secret from the server, and shows codes."""

import time
from dataclasses import dataclass

import pyotp

from accounts.commands import second_factors
from accounts.one_time_codes import STEP_S
from core.actor import Actor
from core.fence import company_fence


@dataclass
class Authenticator:
    """The app of somebody whose second factor is on. recovery_codes: those that he wrote down."""

    secret: str
    recovery_codes: list[str]

    def code(self, ahead: int = 0) -> str:
        """What it shows now, or so many steps of 30 s later."""
        return show(self.secret, ahead)


def show(secret: str, ahead: int = 0) -> str:
    """The code of a secret."""
    return pyotp.TOTP(secret).generate_otp(int(time.time()) // STEP_S + ahead)


def put_on(actor: Actor) -> Authenticator:
    """Turn on somebody's second factor; the code that is shown now is spent by it."""
    with company_fence(actor.company_id):
        begun = second_factors.begin_enrolment(actor)
    code = show(begun.secret)
    made = second_factors.enable(actor, begun.draft, code, address="10.0.0.1", command_id=None)
    assert made.codes, made.verdict
    return Authenticator(begun.secret, made.codes)
