"""Names as both languages write them."""

import re

# Objects around payloads and rows, by the names that they have in the schemas.
_SHAPES = {
    "CommandIn": "CommandEnvelope",
    "DeviceIn": "SignInDevice",
    "Error": "ErrorBody",  # both languages have an Error of their own
    "ErrorOut": "Refusal",
}


def pascal(name: str) -> str:
    """`visit_log` as `VisitLog`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[._\- ]", name))


def camel(name: str) -> str:
    """`customer_id` as `customerId`."""
    whole = pascal(name)
    return whole[:1].lower() + whole[1:]


def upper(name: str) -> str:
    """`WGS-84` as `WGS_84`."""
    found = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper()
    return found if found[:1].isalpha() else f"N_{found}"


def shape_name(name: str) -> str:
    """The name of an object: what it is called in the schemas, without its direction."""
    if name in _SHAPES:
        return _SHAPES[name]
    return re.sub(r"(?<=[a-z])(?<!Check)(?<!Sign)(In|Out)$", "", name)
