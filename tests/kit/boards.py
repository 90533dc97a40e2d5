"""A board in a process of its own, as `kata board` starts it, and learners'
machines that talk to it.
"""

import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import fresh
import psutil

ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "80", "NO_COLOR": "1"}
ENVIRONMENT.pop("NOX_CURRENT_SESSION", None)
MINUTES = 60


class Board:
    """`kata board` on any free port, which a restart takes again."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.folder, self.options, self.environment = folder, options, environment
        self.file, self.port = folder / "board.sqlite", 0
        self.start()

    def start(self) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115
        command = [sys.executable, "-m", "flaxkata", "board", "--port", str(self.port), "--db", str(self.file), *self.options]
        env = ENVIRONMENT | self.environment
        self.process = subprocess.Popen(command, cwd=fresh.ROOT, env=env, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.said = ""
        while line := self.process.stdout.readline():
            self.said += line
            if line.startswith("Ctrl-C"):
                break
        found = re.search(r"kata join https?://[^/]+/(\w{6})\n(?s:.)*instructor#(\S+)", self.said)
        if not found:
            self.close()
            raise AssertionError(self.said + self.last_words())
        self.code, self.token = found.groups()
        ports = [c.laddr.port for c in psutil.Process(self.process.pid).net_connections() if c.status == psutil.CONN_LISTEN]
        (self.port,) = ports

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"{self.url}/{self.code}"

    @property
    def memory(self) -> int:
        """MB that it uses now."""
        return psutil.Process(self.process.pid).memory_info().rss >> 20

    def last_words(self) -> str:
        self.errors.seek(0)
        return self.errors.read().decode()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(20)
        self.said += self.process.stdout.read()
        return code

    def close(self) -> None:
        self.process.kill()
        self.process.wait()

    # --- over HTTP ---

    def ask(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> tuple[int, dict, bytes]:
        """Status, headers and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def enters(self) -> str:
        """The instructor's cookie."""
        body = json.dumps({"token": self.token})
        status, headers, _ = self.ask("POST", "/instructor/enter", body)
        assert status == 200
        return headers["set-cookie"].partition(";")[0]

    def picture(self, view: str = "") -> dict:
        """What a page is shown now: by default the instructor's."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {} if view else {"Cookie": self.enters()}
            connection.request("GET", f"/{view or 'instructor'}/stream", headers=headers)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            while not (line := answer.readline()).startswith(b"data: "):
                pass
            return json.loads(line[6:])
        finally:
            connection.close()

    def comes_to(self, wanted, seconds: float = 20) -> dict:
        """The instructor's picture, once `wanted` holds of it."""
        deadline = time.monotonic() + seconds
        while not wanted(found := self.picture()):
            assert time.monotonic() < deadline, found
            time.sleep(0.1)
        return found

    def machine(self, name: str) -> "Machine":
        """Somebody who joined."""
        found = Machine(self, secrets.token_hex(24))
        assert found.join(name, self.code)[0] == 200
        return found


class Machine:
    """A learner's machine, without the kit: what it posts is what a test
    says.
    """

    def __init__(self, board: Board, key: str) -> None:
        self.board, self.key = board, key

    def asks(self, path: str, what: object) -> tuple[int, dict]:
        body = what if isinstance(what, bytes | str) else json.dumps(what)
        status, _, said = self.board.ask("POST", path, body, Authorization=f"Bearer {self.key}")
        return status, json.loads(said)

    def join(self, name: str, code: str) -> tuple[int, dict]:
        return self.asks("/api/join", {"code": code, "name": name})

    def posts(self, what: dict, id: str | None = None, age: float = 0.0) -> tuple[int, dict]:
        return self.asks("/api/posts", {"id": id or uuid.uuid4().hex, "age": age, "what": what})


def verdict(exercise: str = "1.4", score: int = 6, max_score: int = 8, *mistakes: str, wrong: bool = True) -> dict:
    """A verdict: solved with all points, and not begun where nothing is
    wrong.
    """
    state = "solved" if score == max_score else "started" if wrong else "todo"
    outcome = {"solved": "passed", "started": "failed", "todo": "todo"}[state]
    check = {"name": "test_original_unchanged", "outcome": outcome, "calls": ["set_bias"]}
    found = {"kind": "verdict", "exercise": exercise, "state": state, "score": score, "max_score": max_score}
    return found | {"origin": "grade", "mistakes": list(mistakes), "checks": [check]}


def share(exercise: str, text: str, question: str = "") -> dict:
    return {"kind": "share", "exercise": exercise, "text": text, "question": question}
