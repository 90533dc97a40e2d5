"""The board that a learner's folder is joined to: `.kata/board.json`."""

import json
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flaxkata import files

SECONDS = 5.0  # to wait for a board
HOSTED = (
    "A notebook on a hosted machine, such as Colab, cannot reach an address of your own network. Ask the instructor for a "
    "public address, or open the notebook on your own machine."
)


class Refused(Exception):
    """The board said no; the message has its words, `status` its code."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.status = status


class Unreachable(Exception):
    """No board answered; the message says what was tried."""


@dataclass(frozen=True)
class Membership:
    """A learner in a room. `key` is the secret that their posts carry; `here`
    is false once they left.
    """

    url: str
    room: str
    name: str
    key: str
    here: bool = True


def file_of(root: Path) -> Path:
    """Where it is kept."""
    return root / ".kata" / "board.json"


def kept(root: Path) -> Membership | None:
    """The last board that was joined, also when it was left again."""
    found = files.read_json(file_of(root))
    try:
        return Membership(**found)
    except TypeError:  # none, or something else
        return None


def current(root: Path) -> Membership | None:
    """The board that is told verdicts."""
    found = kept(root)
    return found if found and found.here else None


def parts(address: str) -> tuple[str, str]:
    """An address that was typed, as the board's and the room's code. Raises
    ValueError, with what to type.
    """
    found = urlsplit(address if "://" in address else f"http://{address}")
    code = found.path.strip("/")
    if found.scheme not in ("http", "https") or not found.hostname or not code.isalnum():
        raise ValueError(
            f"{address} is not the address of a room. It ends with the room's code, as in http://192.168.1.5:8420/ABC234: "
            "the instructor has it, and it stands on the room's page."
        )
    return f"{found.scheme}://{found.netloc}", code


def join(root: Path, address: str, name: str) -> Membership:
    """Join, and remember it. Raises ValueError, Refused, Unreachable,
    OSError.
    """
    url, code = parts(address)
    before = kept(root)
    key = before.key if before and before.url == url else secrets.token_hex(24)
    said = post(url, "/api/join", key, json.dumps({"code": code, "name": name}))
    found = Membership(url, str(said.get("room", "")), str(said.get("name", name)), key)
    files.write(file_of(root), json.dumps(asdict(found)), 0o600)
    return found


def leave(root: Path, member: Membership) -> None:
    """Tell the board, and send nothing any longer. Raises Refused,
    Unreachable, and has left then too.
    """
    files.write(file_of(root), json.dumps(asdict(replace(member, here=False))), 0o600)
    post(member.url, "/api/leave", member.key, "{}")


def post(url: str, path: str, key: str, body: str) -> dict[str, Any]:
    """What the board answers. It is asked directly, not through a proxy of the
    environment. Raises Refused, Unreachable.
    """
    status, content = _asked("POST", url, path, key, body.encode(), 1_000_000)
    return _read(url, status, content)


def fetch(url: str, path: str, key: str, most: int) -> bytes:
    """What lies on the board, of at most so many bytes. Raises Refused,
    Unreachable.
    """
    status, content = _asked("GET", url, path, key, None, most)
    if status != 200:
        _read(url, status, content)
    return content


def _asked(method: str, url: str, path: str, key: str, body: bytes | None, most: int) -> tuple[int, bytes]:
    import http.client  # 40 ms, which nobody waits who is in no room

    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection = kind(place.hostname or "", place.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(most)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"No board answers at {url}: {error or type(error).__name__}.") from None


def _read(url: str, status: int, content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unreachable(f"What answers at {url} is not a board (status {status}).")
    if status != 200:
        raise Refused(str(said.get("error", status)), status)
    return said
