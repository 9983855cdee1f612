"""The sync endpoints."""

from ninja import Router

router = Router(tags=["sync"])
