"""What becomes of the next steps of a visit log. Plain values in and out."""

from uuid import UUID, uuid5


def task_id(log_id: UUID, place: int) -> UUID:
    """The id of the task that follows from the next step at this place of a log, the first being 0.

    UUIDv5 with the log's id as its namespace and `next_step/<place>` as its name. So a phone can show the task before
    the server has heard of the log, and whoever makes it twice makes it once. Published: it must never change.
    """
    return uuid5(log_id, f"next_step/{place}")
