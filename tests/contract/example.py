"""The shape of an example: one command as it is sent, at both doors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.contract.world import World

Payload = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """One command. path: REST's, with members of the payload in braces. beside: what the REST body has besides.

    pushed: the refusal's code where a push cannot carry the command. one_by_one: taken singly on purpose.
    """

    who: str
    make: Callable[[World], Payload]
    path: str
    method: str = "POST"
    beside: Payload | None = None
    pushed: str | None = None
    one_by_one: bool = False

    def request(self, payload: Payload) -> tuple[str, str, Payload]:
        """Method, path and body of the REST call that sends `payload`."""
        in_path = {name: value for name, value in payload.items() if f"{{{name}}}" in self.path}
        body = {name: value for name, value in payload.items() if name not in in_path} | (self.beside or {})
        return self.method, f"/api/v1{self.path.format(**in_path)}", body


def edit(id_: str, **changes: tuple[Any, Any]) -> Payload:
    """The payload of an edit of one row: each field with the value that was and the one that is to be."""
    return {"id": id_, "changes": {name: {"from": old, "to": new} for name, (old, new) in changes.items()}}


def name_of(world: World, kind: str, id_: str) -> str:
    """The name that a row has now, as its readers know it."""
    answer = world.client("dora").call("GET", f"/api/v1/{kind}/{id_}")
    name: str = answer.json()["name"]
    return name
