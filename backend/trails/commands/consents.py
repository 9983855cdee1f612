"""The only writers of consents: each employee's own word."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts import queries as accounts
from core.actor import Actor
from core.batches import Batch, Item
from core.registry import command
from trails import queries
from trails.commands.removal import forget
from trails.errors import TextNotFound, TextOutdated
from trails.grounds import EVER, Word, consented
from trails.models import Consent, ConsentText, LastPosition
from trails.schemas import GiveConsent, WithdrawConsent
from trails.spans import subtract


@command("trails.give_consent", payload=GiveConsent, creates="id")
def give_consent(actor: Actor, items: Batch[GiveConsent]) -> None:
    """Agree, for oneself, to be tracked in working hours. Nobody can do this for somebody else.

    Refuses trails.text_not_found, trails.text_outdated.
    """
    queries.take_turn(actor.author_id)
    texts = {text.id: text for text in queries.list_texts()}
    for item in items:
        with item:
            text = texts.get(item.payload.text_id)
            if text is None:
                raise TextNotFound("text_id")
            asked = _asked_for(texts.values(), item.occurred_at)
            if asked > text.text_version:
                raise TextOutdated("text_id", version=asked)
            items.write(_word(actor, item, item.payload.id, text.id))


@command("trails.withdraw_consent", payload=WithdrawConsent, creates="id")
def withdraw_consent(actor: Actor, items: Batch[WithdrawConsent]) -> None:
    """Agree no longer, for oneself, from this moment on, whenever the word arrives.

    What is stored of times without consent, by another device say, is deleted, and the last position with it. Refuses
    core.id_taken.
    """
    queries.take_turn(actor.author_id)
    withdrawn = []
    for item in items:
        with item:
            withdrawn.append(item.occurred_at)
            items.write(_word(actor, item, item.payload.id, None))
    words, renewals = queries.list_words(actor.author_id)
    words += [Word(round(at.timestamp() * 1000), None) for at in withdrawn]
    first = min(withdrawn)
    forbidden = subtract([(round(first.timestamp() * 1000), EVER[1])], consented(words, renewals))
    forget(actor, items, forbidden, accounts.get_company_day(actor.company_id, first))
    LastPosition.objects.filter(user_id=actor.author_id).delete()


def _asked_for(texts: Iterable[ConsentText], at: datetime) -> int:
    """The version to which everybody had to agree anew, as far as that was known at this moment; 0 without one."""
    return max((text.text_version for text in texts if text.renews and text.effective_at <= at), default=0)


def _word(actor: Actor, item: "Item[GiveConsent] | Item[WithdrawConsent]", id_: UUID, text_id: UUID | None) -> Consent:
    return Consent(
        id=id_,
        company_id=actor.company_id,
        user_id=actor.author_id,
        gives=text_id is not None,
        text_id=text_id,
        occurred_at=item.occurred_at,
        occurred_verified=item.request.occurred_verified,
        device_id=actor.device_id,
    )
