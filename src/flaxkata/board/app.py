"""The board's addresses.

Learners' machines post under `/api/`, each with the key that it made when it
joined. `/CODE` is the room's page, for everybody who has the code; it has no
names. What lies under `/instructor/` needs the token, in a cookie.
"""

import asyncio
import contextlib
import shlex
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from flaxkata import posts, report
from flaxkata.board import export, limits
from flaxkata.board.clock import Clock
from flaxkata.board.room import Person, Room
from flaxkata.board.store import BoardStore, Event, digest
from flaxkata.board.streams import Streams
from flaxkata.board.views import Course, Heading, Views
from flaxkata.board.writer import Unwritable, Writer

STATIC = Path(__file__).with_name("static")
A_DAY = 86_400.0
GONE = "This board does not know you. Join it again: kata join, with the address and code of today."


class Board:
    """What the addresses share."""

    def __init__(self, store: BoardStore, course: Course, room: Room, name: str, join: str) -> None:
        self.code, self.token, self.name, self.join = store.code, store.token, name, join
        self.clock, self.room, self.guesses = Clock(store.last()), room, limits.Guesses()
        room.replay(store.learners(), store.events())
        self.by_key = {person.learner.key: person for person in room.people.values()}
        self.records, self.naming = course.records, f"kata name {shlex.quote(str(store.file))}"
        self.writer, views = Writer(store, self._kept), Views(self.room, course)
        self.streams = Streams(
            everybody=lambda: views.everybody(self.heading, self.clock.now()),
            instructor=lambda: views.instructor(self.heading, self.clock.now()),
        )

    @property
    def heading(self) -> Heading:
        return Heading(self.name, self.join, self.naming, self.writer.trouble)

    @property
    def cookie(self) -> str:
        """Its name, so that two boards on one machine do not take each
        other's.
        """
        return f"board-{digest(self.token)[:8]}"

    def _kept(self, event: Event) -> None:
        self.room.apply(event)
        self.streams.change()

    @contextlib.asynccontextmanager
    async def living(self, _: Starlette) -> AsyncIterator[None]:
        """While the server runs."""
        tasks = [asyncio.create_task(work) for work in (self.writer.run(), self.streams.run())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.writer.close()

    # --- who asks ---

    def learner(self, request: Request) -> Person:
        """Who has this key. Raises HTTPException."""
        person = self.by_key.get(digest(_key(request)))
        if person is None:
            raise HTTPException(401, GONE)
        return person

    def in_the_room(self, request: Request) -> None:
        """Raises HTTPException for a wrong code."""
        if not self.guesses.right(request, request.path_params["code"].upper(), self.code):
            raise HTTPException(404, "No room has this code.")

    def instructor(self, request: Request) -> None:
        """Raises HTTPException without the token."""
        if not self.guesses.right(request, request.cookies.get(self.cookie, ""), self.token):
            raise HTTPException(401, "This is for the instructor: open the address that `kata board` printed.")

    # --- learners' machines ---

    async def joins(self, request: Request) -> Response:
        """A code, a name and a key: somebody is in the room."""
        asked: Joining = _read(await limits.body(request), Joining)
        if not self.guesses.right(request, asked.code.upper(), self.code):
            raise HTTPException(403, "This is not the code of the room. It stands on the board and at its end of the address.")
        key, name = digest(_key(request)), report.one_line(asked.name, posts.MOST_NAME) or "no name"
        learner = await self.writer.do(self.writer.store.join, key, name, self.clock.now())
        self.by_key[key] = person = self.room.join(learner)
        self.streams.change()
        return JSONResponse({"room": self.name, "name": person.name})

    async def takes(self, request: Request) -> Response:
        """One post; answered when it is on disk."""
        person = self.learner(request)
        post: posts.Post = _read(await limits.body(request), posts.Post)
        number, now = person.learner.number, self.clock.now()
        at = max(now - min(post.age, A_DAY), person.learner.joined)
        kind = "verdict" if isinstance(post.what, posts.Verdict) else "share"
        event = Event(number, post.id, at, kind, post.what.exercise, posts.to_json(post.what))
        seq = await self.writer.post(event)
        if not seq:
            raise HTTPException(401, GONE)
        return JSONResponse({"seq": seq, "taught": self.records.offered().digest})

    async def teaches(self, request: Request) -> Response:
        """Which records of mistakes there are."""
        self.learner(request)
        return JSONResponse(msgspec.to_builtins(self.records.offered()))

    async def record(self, request: Request) -> Response:
        """One of them."""
        self.learner(request)
        content = self.records.content(request.path_params["digest"])
        if content is None:
            raise HTTPException(404, "This record is here no longer.")
        return Response(content, media_type="application/json")

    async def leaves(self, request: Request) -> Response:
        """Somebody is in the room no longer."""
        person = self.learner(request)
        await self.writer.do(self.writer.store.leave, person.learner.number, self.clock.now())
        person.left = True
        self.streams.change()
        return JSONResponse({})

    # --- pages ---

    async def page(self, request: Request) -> Response:
        """The one page, which asks for the view that its address names."""
        return FileResponse(STATIC / "board.html")

    async def room_page(self, request: Request) -> Response:
        """The same, for everybody who has the code."""
        self.in_the_room(request)
        return FileResponse(STATIC / "board.html")

    async def finds(self, request: Request) -> Response:
        """What was typed on the first page leads to the room."""
        typed = request.query_params.get("code", "").strip()
        return RedirectResponse(f"/{typed.upper()}" if typed.isalnum() else "/", 303)

    async def room_stream(self, request: Request) -> Response:
        """Everybody's view, again and again."""
        self.in_the_room(request)
        return self._stream("everybody")

    async def instructor_stream(self, request: Request) -> Response:
        """The instructor's view, again and again."""
        self.instructor(request)
        return self._stream("instructor")

    def _stream(self, name: str) -> Response:
        if self.streams.full:
            raise HTTPException(503, "Too many pages are open.")
        return StreamingResponse(self.streams.follow(name), media_type="text/event-stream")

    # --- the instructor ---

    async def enters(self, request: Request) -> Response:
        """The token, for a cookie that only this browser sends, and only from
        this page.
        """
        asked: Entering = _read(await limits.body(request), Entering)
        if not self.guesses.right(request, asked.token, self.token):
            raise HTTPException(401, "This is not the instructor's token.")
        answer = JSONResponse({})
        secure = request.url.scheme == "https"
        answer.set_cookie(self.cookie, self.token, path="/instructor", secure=secure, httponly=True, samesite="strict")
        return answer

    async def shared(self, request: Request) -> Response:
        """The file of a raised hand."""
        self.instructor(request)
        seq = request.path_params["seq"]
        if seq not in self.room.hands:
            raise HTTPException(404, "This hand is down.")
        what = posts.read(await self.writer.do(self.writer.store.body, seq), posts.Share)
        return JSONResponse({"text": report.printable(what.text)})

    async def answers(self, request: Request) -> Response:
        """A raised hand was answered."""
        self._from_the_page(request)
        seq = request.path_params["seq"]
        await self.writer.do(self.writer.store.answer, seq, self.clock.now())
        self.room.hands.pop(seq, None)
        self.streams.change()
        return JSONResponse({})

    async def forgets(self, request: Request) -> Response:
        """Delete a learner, and all that they posted."""
        self._from_the_page(request)
        number = request.path_params["number"]
        await self.writer.do(self.writer.store.forget, number)
        self.by_key = {key: person for key, person in self.by_key.items() if person.learner.number != number}
        self.room.forget(number)
        self.streams.change()
        return JSONResponse({})

    def _from_the_page(self, request: Request) -> None:
        """Raises HTTPException for what another site's page may have sent."""
        self.instructor(request)
        if request.headers.get("content-type") != "application/json":
            raise HTTPException(415, "Send JSON.")

    async def exports(self, request: Request) -> Response:
        """All events as CSV."""
        self.instructor(request)
        file = self.writer.store.file
        name = {"Content-Disposition": 'attachment; filename="board.csv"'}
        return StreamingResponse(export.lines(file), media_type="text/csv; charset=utf-8", headers=name)


class Joining(msgspec.Struct, frozen=True):
    """Who wants to join."""

    code: str
    name: str


class Entering(msgspec.Struct, frozen=True):
    """Who wants to see the instructor's page."""

    token: str


def _key(request: Request) -> str:
    """The key that a learner's machine made. Raises HTTPException."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or len(key) < 32:
        raise HTTPException(401, GONE)
    return key


def _read(content: bytes, kind: type[Any]) -> Any:
    try:
        return posts.read(content, kind)
    except posts.Malformed as error:
        raise HTTPException(400, f"This is not what is posted here: {error}") from None


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


async def _unwritable(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"The board cannot write: {error}."}, 507, {"Retry-After": "5"})


def create(board: Board) -> Starlette:
    """The ASGI application."""
    routes = [
        Route("/", board.page),
        Route("/room", board.finds),
        Mount("/static", StaticFiles(directory=STATIC)),
        Route("/api/join", board.joins, methods=["POST"]),
        Route("/api/posts", board.takes, methods=["POST"]),
        Route("/api/taught", board.teaches),
        Route("/api/taught/{digest}", board.record),
        Route("/api/leave", board.leaves, methods=["POST"]),
        Route("/instructor", board.page),
        Route("/instructor/enter", board.enters, methods=["POST"]),
        Route("/instructor/stream", board.instructor_stream),
        Route("/instructor/board.csv", board.exports),
        Route("/instructor/shared/{seq:int}", board.shared),
        Route("/instructor/shared/{seq:int}/answer", board.answers, methods=["POST"]),
        Route("/instructor/learners/{number:int}/forget", board.forgets, methods=["POST"]),
        Route("/{code}", board.room_page),
        Route("/{code}/stream", board.room_stream),
    ]
    handlers: dict[Any, Any] = {HTTPException: _refused, Unwritable: _unwritable}
    strict = [Middleware(limits.StrictHeaders)]
    return Starlette(routes=routes, middleware=strict, exception_handlers=handlers, lifespan=board.living)
