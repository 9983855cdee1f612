"""Who acts: the identity under which every read is filtered and every command judged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A user of a company, on a device when he acts from a phone.

    roles: any of rep, engineer, dispatcher, manager, admin. locale: `en` or `zh-Hans`.
    """

    company_id: UUID
    user_id: UUID
    roles: frozenset[str] = field(default_factory=frozenset)
    org_unit_id: UUID | None = None
    locale: str = "en"
    device_id: UUID | None = None

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
