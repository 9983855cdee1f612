"""What has to be done on a visit: which type it is of, what that asks for, and what is missing. Pure."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from visits.actions import Action, Audience, Tally, Traits, Type, choose_type, list_missing, list_required

FORM = uuid4()
NAMES = {"en": "It", "zh": ""}


def action(id_: str, kind: str, **more: object) -> Action:
    """An action."""
    return Action.model_validate({"id": id_, "kind": kind, "names": NAMES} | more)


def type_(code: str, position: int = 0, chosen_for: Audience | None = None, archived: bool = False) -> Type:
    """A type without actions."""
    return Type(uuid4(), code, position, archived, chosen_for, [])


def chosen(*types: Type, **traits: object) -> str | None:
    """The code of the type that a visit with these traits is of."""
    found = choose_type(types, Traits(**traits))  # type: ignore[arg-type]
    return found and found.code


def test_the_first_type_in_order_that_is_meant_is_chosen() -> None:
    audit = type_("audit", 1, Audience(customer_classes=["A"]))
    van = type_("van", 1, Audience(channels=["tea"], roles=["rep"]))
    rest, said = type_("rest", 9, Audience()), type_("said", 0)
    old = type_("old", 0, Audience(), archived=True)
    types = (rest, said, van, old, audit)
    assert chosen(*types, customer_class="A", channel="tea", roles=frozenset({"rep"})) == "audit"
    assert chosen(*types, customer_class="B", channel="tea", roles=frozenset({"rep", "manager"})) == "van"
    assert chosen(*types, customer_class="B", channel="tea", roles=frozenset({"engineer"})) == "rest"
    assert chosen(*types) == "rest"
    assert chosen(said, old, customer_class="A") is None


def test_actions_are_asked_of_whom_they_are_for_in_their_order() -> None:
    shelf = action("shelf", "photo", only_for={"customer_classes": ["A", "B"]})
    log, stock = action("log", "log"), action("stock", "form", form_id=FORM, only_for={"channels": ["tea"]})
    audit = Type(uuid4(), "audit", 0, False, None, [shelf, log, stock])
    assert list_required(audit, Traits("A", "tea")) == [shelf, log, stock]
    assert list_required(audit, Traits("C", "tea")) == [log, stock]
    assert list_required(audit, Traits()) == [log]


def test_what_is_enough() -> None:
    some, shelf = action("some", "photo", min_count=3), action("shelf", "photo", label="Shelf", min_count=2)
    form, sign = action("form", "form", form_id=FORM), action("sign", "signature")
    rival, log = action("rival", "competitor", min_count=2), action("log", "log")
    everything = [some, shelf, form, sign, rival, log]
    assert list_missing(everything, Tally()) == everything
    assert list_missing(everything, Tally(photos={"Shelf": 1, "": 2}, observations=1)) == [
        shelf,
        form,
        sign,
        rival,
        log,
    ]
    full = Tally({"Shelf": 2, "": 1}, frozenset({FORM}), signatures=1, observations=2, logs=1)
    assert list_missing(everything, full) == []
    assert list_missing([form], Tally(forms=frozenset({UUID(int=1)}))) == [form]


_TALLIES = st.builds(
    Tally,
    photos=st.dictionaries(st.sampled_from(["", "Shelf"]), st.integers(1, 4)),
    forms=st.sampled_from([frozenset(), frozenset({FORM})]),
    signatures=st.integers(0, 2),
    observations=st.integers(0, 3),
    logs=st.integers(0, 2),
)


@given(_TALLIES, _TALLIES)
def test_doing_more_never_leaves_more_undone(one: Tally, other: Tally) -> None:
    required = [
        action("some", "photo", min_count=3), action("shelf", "photo", label="Shelf"), action("sign", "signature"),
        action("form", "form", form_id=FORM), action("rival", "competitor", min_count=2), action("log", "log"),
    ]  # fmt: skip
    both = Tally(
        {label: one.photos.get(label, 0) + other.photos.get(label, 0) for label in ("", "Shelf")},
        one.forms | other.forms,
        one.signatures + other.signatures,
        one.observations + other.observations,
        one.logs + other.logs,
    )
    left = list_missing(required, both)
    assert all(missing in list_missing(required, one) for missing in left)
    assert all(missing in list_missing(required, other) for missing in left)
