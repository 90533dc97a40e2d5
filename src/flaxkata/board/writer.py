"""Writes to the store in one thread, while the server answers others. Posts
that come while it writes are kept together in the next transaction.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import ParamSpec, TypeVar

from flaxkata.board.store import BoardStore, Event

TOGETHER = 500  # posts in one transaction
WAITING = 5_000  # posts that may wait for it

P = ParamSpec("P")
T = TypeVar("T")


class Unwritable(Exception):
    """The store cannot be written; the message says what SQLite said."""


class Writer:
    """`kept` hears of each new event, in order, before it is acknowledged."""

    def __init__(self, store: BoardStore, kept: Callable[[Event], None]) -> None:
        self.store, self._kept = store, kept
        self._thread = ThreadPoolExecutor(1, "board-store")
        self._waiting = asyncio.Queue[tuple[Event, asyncio.Future[int]]](WAITING)
        self.trouble = ""  # why the last attempt to write failed

    async def post(self, event: Event) -> int:
        """The event's number, once it is on disk; 0 if its learner was
        forgotten. Raises Unwritable.
        """
        answer = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait((event, answer))
        except asyncio.QueueFull:
            raise Unwritable("too much is waiting to be written") from None
        return await answer

    async def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a method of the store, in its thread. Raises Unwritable."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._thread, lambda: function(*args, **kwargs))
        except sqlite3.Error as error:
            self.trouble = str(error)
            raise Unwritable(self.trouble) from None
        self.trouble = ""
        return found

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty() and len(batch) < TOGETHER:
                batch.append(self._waiting.get_nowait())
            await self._keep(batch)

    async def _keep(self, batch: list[tuple[Event, asyncio.Future[int]]]) -> None:
        try:
            numbers = await self.do(self.store.add, [event for event, _ in batch])
        except Unwritable as error:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(Unwritable(str(error)))
            return
        for (event, answer), (seq, new) in zip(batch, numbers, strict=True):
            if new:
                self._kept(replace(event, seq=seq))
            if not answer.done():  # who posted may have gone
                answer.set_result(seq)

    def close(self) -> None:
        """Finish what is being written."""
        self._thread.shutdown()
        self.store.close()
