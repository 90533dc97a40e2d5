"""What the server allows: how large a post may be, how often a code may be
guessed, and what a browser may do with a page.
"""

import asyncio
import hmac
from collections import defaultdict, deque

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flaxkata.posts import MOST_BYTES

PATIENCE = 30  # seconds for a post to arrive
GUESSES, WITHIN = 20, 60.0  # wrong codes from one address, in so many seconds
CONTENT = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'"
HEADERS = {
    "Content-Security-Policy": f"{CONTENT}; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class StrictHeaders:
    """Puts the same headers on every answer. There is none that lets other
    origins in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says."""

        async def strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, strictly)


async def body(request: Request) -> bytes:
    """A post's body. Raises HTTPException for one that is too long or too
    slow, without reading it.
    """
    too_long = HTTPException(413, f"A post has at most {MOST_BYTES:,} bytes.", {"Connection": "close"})
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:20]) > MOST_BYTES:
        raise too_long
    found = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                found += chunk
                if len(found) > MOST_BYTES:
                    raise too_long
    except TimeoutError:
        raise HTTPException(408, "The post did not arrive in time.", {"Connection": "close"}) from None
    return bytes(found)


class Guesses:
    """Compares secrets in constant time, and refuses an address that
    guesses.
    """

    def __init__(self) -> None:
        self._wrong: dict[str, deque[float]] = defaultdict(deque)

    def right(self, request: Request, given: str, secret: str) -> bool:
        """Whether it is the secret. Raises HTTPException after too many wrong
        ones.
        """
        address, now = request.client.host if request.client else "", asyncio.get_running_loop().time()
        if len(self._recent(address, now)) >= GUESSES:
            raise HTTPException(
                429, "Too many wrong codes came from your address. Try again in a minute.", {"Retry-After": "60"}
            )
        if hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            return True
        if given:  # who shows nothing does not guess
            self._wrong[address].append(now)
        return False

    def _recent(self, address: str, now: float) -> deque[float]:
        if len(self._wrong) > 10_000:
            self._wrong.clear()
        wrong = self._wrong[address]
        while wrong and wrong[0] < now - WITHIN:
            wrong.popleft()
        return wrong
