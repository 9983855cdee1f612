"""Python's cyclic garbage collector, told what a web server's memory is like.

Everything that is loaded at the start stays for ever, and a request makes thousands of objects that reference counting
frees by itself. Left alone, the collector goes through all of them again and again to find nearly nothing: a tenth to a
fifth of the time of a large push, see docs/decisions/0028-garbage-collector.md.
"""

import gc

from django.urls import get_resolver

_YOUNG = 20_000
"""So many more objects than were freed are there before the collector looks at them; Python's own figure is 700."""
_OLDER = 20
"""So many rounds of a generation come before one of the next; Python's own figure is 10."""


def spare() -> None:
    """Set the collector for this process; call when everything is loaded. Addresses are, with all that they lead to."""
    assert get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDER)
