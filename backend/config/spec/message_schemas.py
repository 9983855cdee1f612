"""JSON Schemas of what stands around payloads and rows: requests and answers of sync and sessions, and errors."""

from typing import NamedTuple

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode

from accounts.schemas.sessions import MeOut, RefreshIn, SessionOut, SignInIn, SignOutIn
from config.spec.json_schemas import Json, head, of_message
from core.rest_schemas import CommandOut, ErrorBody
from sync.schemas import PushOut, SyncIn, SyncOut


class Message(NamedTuple):
    """One body on the wire. at: where it stands."""

    shape: type[BaseModel]
    mode: JsonSchemaMode
    at: str


MESSAGES = {
    "sync_request": Message(SyncIn, "validation", "POST /api/v1/sync, /sync/push, /sync/pull"),
    "sync_answer": Message(SyncOut, "serialization", "POST /api/v1/sync, /sync/pull"),
    "push_answer": Message(PushOut, "serialization", "POST /api/v1/sync/push"),
    "sign_in_request": Message(SignInIn, "validation", "POST /api/v1/auth/sign-in"),
    "refresh_request": Message(RefreshIn, "validation", "POST /api/v1/auth/refresh"),
    "sign_out_request": Message(SignOutIn, "validation", "POST /api/v1/auth/sign-out"),
    "session_answer": Message(SessionOut, "serialization", "POST /api/v1/auth/sign-in, /auth/refresh"),
    "me_answer": Message(MeOut, "serialization", "GET /api/v1/me"),
    "command_answer": Message(CommandOut, "serialization", "every command by REST"),
    "error": Message(ErrorBody, "serialization", "every answer with 4xx or 5xx"),
}


def message_schemas() -> dict[str, Json]:
    """Returns the schemas by name."""
    found = {}
    for name, message in sorted(MESSAGES.items()):
        title = "".join(word.capitalize() for word in name.split("_"))
        found[name] = head("message", name, title) | {"x-at": message.at} | of_message(message.shape, message.mode)
    return found
