"""Which provider of identities the console may sign people in with, as the operator sets it in the environment."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

FIELDS = ("username", "email", "external_id")
_PREFIX = "ROUNDSMAN_OIDC_"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class SingleSignOn:
    """A provider that speaks OpenID Connect.

    company: the code of the one whose people it knows. claim: the member of its ID token that names the user. field:
    the user's field that it is compared with, one of `FIELDS`. name: on the button; empty for a general word. secret:
    empty for a public client.
    """

    issuer: str
    client_id: str
    company: str
    secret: str = ""
    claim: str = "preferred_username"
    field: str = "username"
    scopes: str = "openid profile email"
    name: str = ""


def single_sign_on_from_environment() -> SingleSignOn | None:
    """The operator's provider, or None. Raises ImproperlyConfigured for a setting that cannot be right."""
    given = {name: os.environ.get(_PREFIX + name, "").strip() for name in ("ISSUER", "CLIENT_ID", "COMPANY")}
    if not any(given.values()):
        return None
    if missing := [_PREFIX + name for name, value in given.items() if not value]:
        raise ImproperlyConfigured(f"single sign-on needs {', '.join(missing)} as well")
    if not is_safe(given["ISSUER"]):
        raise ImproperlyConfigured(f"{_PREFIX}ISSUER has to be an https address")
    field = os.environ.get(f"{_PREFIX}FIELD") or "username"
    if field not in FIELDS:
        raise ImproperlyConfigured(f"{_PREFIX}FIELD is {', '.join(FIELDS)}, not {field}")
    scopes = os.environ.get(f"{_PREFIX}SCOPES") or "openid profile email"
    if "openid" not in scopes.split():
        raise ImproperlyConfigured(f"{_PREFIX}SCOPES has to name openid")
    return SingleSignOn(
        given["ISSUER"],
        given["CLIENT_ID"],
        given["COMPANY"].lower(),
        os.environ.get(f"{_PREFIX}CLIENT_SECRET", ""),
        os.environ.get(f"{_PREFIX}CLAIM") or "preferred_username",
        field,
        scopes,
        os.environ.get(f"{_PREFIX}NAME", ""),
    )


def console_passwords_from_environment(single_sign_on: SingleSignOn | None) -> bool:
    """Whether people may sign in to the console with a password. Raises ImproperlyConfigured where nobody could."""
    allowed = os.environ.get("ROUNDSMAN_CONSOLE_PASSWORDS") != "0"
    if not allowed and single_sign_on is None:
        raise ImproperlyConfigured("ROUNDSMAN_CONSOLE_PASSWORDS=0 leaves no way into the console without a provider")
    return allowed


def is_safe(address: str) -> bool:
    """Whether secrets may be sent there: https, or this very machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )
