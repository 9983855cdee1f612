"""Who acts: the identity under which every read is filtered and every command judged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A user of a company, on a device when he acts from a phone.

    roles: any of rep, engineer, dispatcher, manager, admin. locale: `en` or `zh-Hans`. recorded_by_id: who recorded the
    command, when it is run under another's name: the rights are then the other's, the deed stays whose it was. key_id:
    of the API key with which a program acts in the user's name. time_zone: of the company's calendar, where it was read
    together with the actor.
    """

    company_id: UUID
    user_id: UUID
    roles: frozenset[str] = field(default_factory=frozenset)
    org_unit_id: UUID | None = None
    locale: str = "en"
    device_id: UUID | None = None
    recorded_by_id: UUID | None = None
    key_id: UUID | None = None
    time_zone: str | None = None

    @property
    def author_id(self) -> UUID:
        """Whose deed it is: the user himself, unless the command is run under another's name."""
        return self.recorded_by_id or self.user_id

    def has_role(self, *roles: str) -> bool:
        """Whether the actor has any of `roles`."""
        return not self.roles.isdisjoint(roles)


_loaders: list[Callable[[UUID, UUID], Actor]] = []


def provide_actors(loader: Callable[[UUID, UUID], Actor]) -> None:
    """Tell the ground floor how to load a user of a company as an actor. Called once, by the app that owns users."""
    _loaders[:] = [loader]


def load_actor(company_id: UUID, user_id: UUID) -> Actor:
    """The user as an actor without a device (one query)."""
    return _loaders[0](company_id, user_id)
