"""The console's cookies: the session, the language of somebody who is not signed in, and the last word for a page."""

from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from accounts.commands.web_sessions import HALF_WAY_S, LONGEST

PATH = "/console/"
SESSION = "roundsman_session"
HALF_WAY = "roundsman_half_way"
JOURNEY = "roundsman_journey"
JOURNEY_S = 10 * 60
"""How long a sign-in at the provider may take."""
LANGUAGE = "roundsman_language"
_WORD = "roundsman_word"
_WORD_S = 60


def set_session(response: HttpResponseBase, request: HttpRequest, value: str) -> None:
    """Keep the session in the browser, out of reach of scripts and of other sites."""
    response.set_cookie(
        SESSION,
        value,
        max_age=LONGEST,
        path=PATH,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def set_journey(response: HttpResponseBase, request: HttpRequest, kept: str) -> None:
    """Keep what a sign-in at the provider is to be known again by."""
    response.set_cookie(
        JOURNEY, kept, max_age=JOURNEY_S, path=PATH, secure=request.is_secure(), httponly=True, samesite="Lax"
    )


def drop_journey(response: HttpResponseBase) -> None:
    """It is over."""
    response.delete_cookie(JOURNEY, path=PATH, samesite="Lax")


def set_half_way(response: HttpResponseBase, request: HttpRequest, token: str) -> None:
    """Keep what the password was good for until the code of the second factor comes."""
    response.set_cookie(
        HALF_WAY, token, max_age=HALF_WAY_S, path=PATH, secure=request.is_secure(), httponly=True, samesite="Lax"
    )


def drop_half_way(response: HttpResponseBase) -> None:
    """The code came, or nobody waits for it any more."""
    response.delete_cookie(HALF_WAY, path=PATH, samesite="Lax")


def drop_session(response: HttpResponseBase) -> None:
    """Forget the session in the browser."""
    response.delete_cookie(SESSION, path=PATH, samesite="Lax")


def leave_word(response: HttpResponseBase, text: str, tone: str) -> None:
    """Have the next page say this: a text, or the key of one of ours. tone: good, warn or bad."""
    word = signing.dumps([text, tone], salt=_WORD, compress=True)
    response.set_cookie(_WORD, word, max_age=_WORD_S, path=PATH, httponly=True, samesite="Lax")


def find_word(request: HttpRequest) -> list[str] | None:
    """What the page before left for this one: text and tone."""
    try:
        word: list[str] = signing.loads(request.COOKIES.get(_WORD, ""), salt=_WORD, max_age=_WORD_S)
    except signing.BadSignature:
        return None
    return word


def drop_word(response: HttpResponseBase) -> None:
    """It has been said."""
    response.delete_cookie(_WORD, path=PATH, samesite="Lax")
