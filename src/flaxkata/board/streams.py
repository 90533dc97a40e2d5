"""Pushes the views to the pages that are open, as server-sent events."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

EVERY = 0.5  # seconds between two pictures, at least
AT_MOST = 5.0  # and at most: minutes pass, though nobody saves
MOST_PAGES = 500


@dataclass
class Stream:
    """The pages that show one view."""

    make: Callable[[], dict[str, Any]]
    latest: str = ""
    number: int = 0  # of the latest picture
    pages: int = 0
    new: asyncio.Event = field(default_factory=asyncio.Event)

    def refresh(self) -> None:
        """Make another picture, if somebody looks."""
        if self.pages:
            self.latest, self.number = json.dumps(self.make()), self.number + 1
            self.new.set()
            self.new = asyncio.Event()


class Streams:
    """Both streams, and when they change."""

    def __init__(self, **views: Callable[[], dict[str, Any]]) -> None:
        self.views = {name: Stream(make) for name, make in views.items()}
        self._changed = asyncio.Event()

    def change(self) -> None:
        """Something is new in the room."""
        self._changed.set()

    @property
    def full(self) -> bool:
        return sum(stream.pages for stream in self.views.values()) >= MOST_PAGES

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AT_MOST):
                    await self._changed.wait()
            self._changed.clear()
            for stream in self.views.values():
                stream.refresh()
            await asyncio.sleep(EVERY)

    async def follow(self, name: str) -> AsyncIterator[str]:
        """What one page is sent: the picture of now, and each one after it."""
        stream = self.views[name]
        stream.pages += 1
        try:
            yield f"retry: 1000\ndata: {json.dumps(stream.make())}\n\n"
            seen = stream.number
            while True:
                if seen == stream.number:
                    await stream.new.wait()
                seen = stream.number
                yield f"data: {stream.latest}\n\n"
        finally:
            stream.pages -= 1
