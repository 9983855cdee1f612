"""Every text of the console in both languages, by key. The texts stand in `console/texts/`, one module a noun."""

from functools import cache
from importlib import import_module
from pathlib import Path

LANGUAGES = ("en", "zh-Hans")
NAMES = (("en", "English"), ("zh-Hans", "简体中文"))
Texts = dict[str, tuple[str, str]]


@cache
def all_texts() -> Texts:
    """The texts of all modules; a key is declared once. English first, Chinese second; {name} stands for a value."""
    texts: Texts = {}
    for module in sorted((Path(__file__).parent / "texts").glob("[a-z]*.py")):
        declared: Texts = import_module(f"console.texts.{module.stem}").TEXTS
        if twice := texts.keys() & declared.keys():
            raise ValueError(f"texts declared twice: {sorted(twice)}")
        texts |= declared
    return texts


def say(locale: str, key: str, **values: object) -> str:
    """The text in `locale`, its {placeholders} filled in. Raises KeyError for a key that nobody declared."""
    return all_texts()[key][LANGUAGES.index(locale)].format_map(values)


def has_text(key: str) -> bool:
    """Whether somebody declared the key."""
    return key in all_texts()
