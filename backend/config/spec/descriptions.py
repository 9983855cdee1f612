"""What members mean: read from the docstrings of their classes, and said once for names that are everywhere."""

import re

_MARKER = re.compile(r"(?:(?<=^)|(?<=[.:;] ))([a-z][a-z0-9_]*(?:, [a-z][a-z0-9_]*)*): ")
# By the end of a member's name, the unit that it is in.
_UNITS = {
    "_m": "m",
    "_s": "s",
    "_ms": "ms",
    "_deg": "deg",
    "_pct": "%",
    "_mps": "m/s",
    "_dbm": "dBm",
    "_bytes": "byte",
    "_px": "px",
}
_UNITS_OF = {"lat": "deg", "lon": "deg"}
# Members that mean the same wherever they stand.
SHARED = {
    "id": "the row's id, a UUID made by its sender",
    "name": "what people call it",
    "code": "the company's own short code for it; no two have the same",
    "external_id": "its id in another system",
    "username": "what the user types to sign in, in lower case",
    "roles": "what the user may do",
    "locale": "the language in which the server answers him",
    "email": "e-mail address",
    "phone": "telephone number as people write it",
    "address": "postal address, one line",
    "notes": "free text",
    "note": "free text",
    "title": "position in the company, such as buyer",
    "reason": "why, for people",
    "purpose": "what the visit is for",
    "customer_id": "the customer",
    "site_id": "the site of the customer",
    "visit_id": "the visit",
    "user_id": "the user",
    "owner_id": "the user in charge of the customer",
    "rep_id": "the user who makes the visit",
    "author_id": "the user who wrote it",
    "created_by_id": "the user who recorded it; null for what an import brought",
    "territory_id": "the territory",
    "org_unit_id": "the org unit",
    "parent_id": "the one above it; null at the top",
    "category_id": "the product category",
    "command_id": "the command",
    "conflict_id": "the conflict",
    "device_id": "the device",
    "is_active": "false: no longer in use",
    "is_primary": "the one to ask first",
    "credit_hold": "no more goods on credit",
    "archived_at": "since when it is out of use; null while it is in use",
    "created_at": "when it was recorded in the field",
    "occurred_at": "when it happened in the field, corrected for the phone's clock",
    "occurred_verified": "whether the phone's clocks prove `occurred_at`",
    "planned_date": "the day on which it is planned, in the company's time zone",
    "planned_at": "the moment for which it is planned, where one was agreed",
    "lat": "latitude, WGS-84",
    "lon": "longitude, WGS-84",
    "accuracy_m": "radius of the circle that the phone believes it is in",
    "is_mock": "the system says that an app supplied the position; null: it cannot tell",
    "fence_radius_m": "how near a check-in has to be",
    "price": "per unit, in `currency`",
    "currency": "ISO 4217",
    "unit": "what one of it is: box, bottle",
    "stage": "how far the business with the customer has come",
    "customer_class": "the company's own grading of its customers",
    "channel": "the sort of outlet, such as `supermarket`: a code of the company's own",
    "position": "where it is, in any of the datums; null: unknown",
    "opening_hours": "when somebody is there; null: always",
    "altitude_m": "as the phone tells it",
    "battery_pct": "what is left in the phone's battery",
    "result": "what came of the visit",
    "next_step": "what is to be done next",
    "next_step_date": "the day by which the next step is to be done",
    "changes": "the fields that are edited, each with the value it was based on and the new one",
    "fix": "the position as the phone got it; null where there is none",
    "kind": "the kind of row, as in feeds.md",
    "state": "where it stands",
    "status": "what became of it",
}


def unit_of(name: str) -> str | None:
    """Returns the unit that the name of a member tells, if it tells one."""
    ends = sorted((end for end in _UNITS if name.endswith(end)), key=len)
    return _UNITS_OF.get(name) or (_UNITS[ends[-1]] if ends else None)


def split_docstring(text: str) -> tuple[str, dict[str, str]]:
    """Returns the prose of a docstring, and what it says of members in the form `name, other_name: meaning.`"""
    flat = " ".join(text.split())
    found = list(_MARKER.finditer(flat))
    prose = flat[: found[0].start()] if found else flat
    meanings = {}
    ends = [*(marker.start() for marker in found[1:]), len(flat)]
    for marker, end in zip(found, ends, strict=False):  # without a marker there is nothing to pair
        meaning = flat[marker.end() : end].strip().removesuffix(".")
        meanings.update(dict.fromkeys(marker[1].split(", "), meaning))
    return prose.strip(), meanings
