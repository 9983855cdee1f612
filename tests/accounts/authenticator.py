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
    """The app of somebody whose second factor is on.

    step: at which it was turned on, by the code of that step. recovery_codes: those that he wrote down.
    """

    secret: str
    step: int
    recovery_codes: list[str]

    def code(self, ahead: int = 0) -> str:
        """What it shows so many steps of 30 s after it was turned on: the same however slow the test is."""
        return pyotp.TOTP(self.secret).generate_otp(self.step + ahead)


def show(secret: str, ahead: int = 0) -> str:
    """The code of a secret now, or so many steps later."""
    return pyotp.TOTP(secret).generate_otp(_step() + ahead)


def _step() -> int:
    return int(time.time()) // STEP_S


def put_on(actor: Actor) -> Authenticator:
    """Turn on somebody's second factor; the code that is shown now is spent by it."""
    with company_fence(actor.company_id):
        begun = second_factors.begin_enrolment(actor)
    step = _step()
    code = pyotp.TOTP(begun.secret).generate_otp(step)
    made = second_factors.enable(actor, begun.draft, code, address="10.0.0.1", command_id=None)
    assert made.codes, made.verdict
    return Authenticator(begun.secret, step, made.codes)
