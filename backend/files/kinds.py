"""What a file may be to the row that names it: photo, signature or voice; which types and sizes that allows."""

from dataclasses import dataclass

from django.conf import settings

from files.errors import ContentNotAllowed, FileTooLarge, KindTypeMismatch

# What phones call the same: the left is taken for the right wherever a type is named.
SAME_TYPES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/heif": "image/heic",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/aacp": "audio/aac",
    "audio/x-aac": "audio/aac",
    "audio/opus": "audio/ogg",
}
SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. limit: bytes at most. picture: renditions are made of it."""

    name: str
    media_types: frozenset[str]
    limit: int
    picture: bool


_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
KINDS = {
    kind.name: kind
    for kind in (
        Kind("photo", _PICTURES | {"image/heic"}, settings.PHOTO_LIMIT, picture=True),
        Kind("signature", _PICTURES, settings.SIGNATURE_LIMIT, picture=True),
        Kind("voice", frozenset({"audio/mp4", "audio/aac", "audio/ogg"}), settings.VOICE_LIMIT, picture=False),
    )
}
LARGEST = max(kind.limit for kind in KINDS.values())


def plain_type(media_type: str) -> str:
    """The type under its usual name, without parameters such as `; codecs=opus`."""
    plain = media_type.partition(";")[0].strip().lower()
    return SAME_TYPES.get(plain, plain)


def limit_of(media_type: str) -> int | None:
    """The most bytes that a file of this type may have, as whatever kind; None for a type that is not taken."""
    return max((kind.limit for kind in KINDS.values() if media_type in kind.media_types), default=None)


def require_nameable(kind: str, media_type: str, size: int, field: str = "file") -> None:
    """Raises files.type_not_allowed or files.too_large when a file of `kind` may not be what a command says it is."""
    rules = KINDS[kind]
    if media_type not in rules.media_types:
        allowed = ", ".join(sorted(rules.media_types))
        raise KindTypeMismatch(f"{field}.media_type", kind=kind, media_type=media_type, allowed=allowed)
    if size > rules.limit:
        raise FileTooLarge(f"{field}.bytes", kind=kind, limit=rules.limit)


def require_content(kind: str, media_type: str) -> None:
    """Raises files.content_not_allowed when content of this type is not what `kind` may be."""
    if media_type not in KINDS[kind].media_types:
        raise ContentNotAllowed(kind=kind, media_type=media_type)
