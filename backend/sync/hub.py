"""The hub of one server process: listens to the database and wakes the open event streams whose user has news.

One connection per process listens. When a company changed, one statement asks which of its connected users really
have something new; at most once per interval and company, and never more than a tenth of the time.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from core.pokes import CHANNEL

_INTERVAL_S = 0.5
_FULL_CHECK_S = 60.0
_RECONNECT_S = 2.0
_log = logging.getLogger(__name__)


class Watcher:
    """One page's ear: the rooms in which something changed since it last looked; `*` stands for all of them."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self._rooms: set[str] = set()

    def tell(self, rooms: Iterable[str]) -> None:
        """Something changed in these rooms."""
        self._rooms.update(rooms)
        self.woken.set()

    def take(self) -> list[str]:
        """The rooms since the last call, sorted."""
        rooms, self._rooms = sorted(self._rooms), set()
        self.woken.clear()
        return rooms


class Hub:
    """The open streams of this process by company and user."""

    def __init__(self) -> None:
        self._streams: dict[UUID, dict[UUID, set[asyncio.Event]]] = defaultdict(lambda: defaultdict(set))
        self._watchers: dict[UUID, set[Watcher]] = defaultdict(set)
        self._seen: dict[UUID, str] = {}
        self._changed: set[UUID] = set()
        self._task: asyncio.Task[None] | None = None

    def open(self, company_id: UUID, user_id: UUID) -> asyncio.Event:
        """A stream's wake-up. The first stream of the process starts the listening."""
        woken = asyncio.Event()
        self._streams[company_id][user_id].add(woken)
        self._listen_on()
        return woken

    def watch(self, company_id: UUID) -> "Watcher":
        """Told of every change in the company, whoever may see it: for pages, which then read what they may."""
        watcher = Watcher()
        self._watchers[company_id].add(watcher)
        self._listen_on()
        return watcher

    def unwatch(self, company_id: UUID, watcher: "Watcher") -> None:
        """Forget a watcher."""
        self._watchers[company_id].discard(watcher)
        if not self._watchers[company_id]:
            del self._watchers[company_id]

    def close(self, company_id: UUID, user_id: UUID, woken: asyncio.Event) -> None:
        """Forget a stream. The listening goes on for the next one."""
        users = self._streams[company_id]
        users[user_id].discard(woken)
        if not users[user_id]:
            del users[user_id]
        if not users:
            del self._streams[company_id]
            self._seen.pop(company_id, None)

    def _listen_on(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="hub")

    def _hear(self, payload: str) -> None:
        """One poke: a company's id and the rooms in which something changed."""
        company, *rooms = payload.split(" ")
        with suppress(ValueError):
            company_id = UUID(company)
            self._changed.add(company_id)
            for watcher in self._watchers.get(company_id, ()):
                watcher.tell(rooms)

    async def _run(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as listener:
                    await listener.execute(f"listen {CHANNEL}")
                    self._changed |= self._streams.keys()  # what was missed while nobody listened
                    for watcher in set().union(*self._watchers.values()):
                        watcher.tell(["*"])
                    await self._listen(listener)
            except psycopg.Error as error:
                _log.warning("the hub lost its connection: %s", type(error).__name__)
            await asyncio.sleep(_RECONNECT_S)

    async def _listen(self, listener: psycopg.AsyncConnection[Any]) -> None:
        checked_all = time.monotonic()
        while True:
            timeout = _INTERVAL_S if self._changed else _FULL_CHECK_S
            async for notice in listener.notifies(timeout=timeout, stop_after=1):
                self._hear(notice.payload)
            if time.monotonic() - checked_all > _FULL_CHECK_S:
                checked_all = time.monotonic()
                self._changed |= self._streams.keys()
            began = time.monotonic()
            for company_id in self._changed & self._streams.keys():
                await self._wake(listener, company_id)
            self._changed.clear()
            await asyncio.sleep(min(_INTERVAL_S, 9 * (time.monotonic() - began)))

    async def _wake(self, listener: psycopg.AsyncConnection[Any], company_id: UUID) -> None:
        users = self._streams[company_id]
        seen = self._seen.get(company_id)
        if seen is None:
            answer = await listener.execute("select pg_current_snapshot()::text")
            row = await answer.fetchone()
            self._seen[company_id] = row[0] if row else ""
            woken = set(users)
        else:
            answer = await listener.execute(
                "select user_id, snapshot from sync_changed_users(%s, %s, %s::pg_snapshot)",
                [company_id, list(users), seen],
            )
            rows = await answer.fetchall()
            woken = {user_id for user_id, _ in rows}
            if rows:
                self._seen[company_id] = rows[0][1]
        for user_id in woken:
            for event in users.get(user_id, ()):
                event.set()


def _parameters() -> dict[str, Any]:
    """The connection parameters of the application's database, without Django's own additions."""
    given = connections["default"].get_connection_params()
    return {
        name: value
        for name, value in given.items()
        if name not in ("cursor_factory", "context", "pool", "prepare_threshold")
    }


HUB = Hub()
