"""Where a request comes from, as far as our own proxies vouch for it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The caller's address: the peer's, or what the last of TRUSTED_PROXIES proxies saw.

    A caller who writes X-Forwarded-For himself only adds to the left of what the proxies write. An IPv6 network of 64
    bits counts as one address, for its owner has them all.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and forwarded:
        address = forwarded[-min(settings.TRUSTED_PROXIES, len(forwarded))]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return str(address)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)
