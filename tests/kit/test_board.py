"""The board over HTTP: what is posted, who sees what, and what strangers and
garbage get.
"""

import contextlib
import csv
import io
import json
import re
import socket
import string

import fresh
import psutil
import pytest
from boards import MINUTES, Board, Machine, share, verdict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flaxkata import posts


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    found = Board(tmp_path_factory.mktemp("board"), "--name", "Room 3")
    yield found
    found.close()


@pytest.fixture
def new_board(tmp_path):
    """Boards of a test's own."""
    with contextlib.ExitStack() as opened:

        def start(*options, **environment):
            found = Board(tmp_path, *options, **environment)
            opened.callback(found.close)
            return found

        yield start


def row(rows, **wanted):
    """The one row of a picture that has these values."""
    (found,) = [r for r in rows if all(r[k] == v for k, v in wanted.items())]
    return found


# --- what it says ---


def test_it_says_where_it_is_and_for_whom(board):
    assert f"kata join {board.address}\n" in board.said and f"{board.url}/instructor#{board.token}\n" in board.said
    assert f"The room's code is {board.code}." in board.said
    assert "It listens on this machine alone. For the room: kata board --host 0.0.0.0" in board.said
    assert "\N{UPPER HALF BLOCK}" not in board.said  # nobody else could reach what a QR code says
    (listening,) = [c for c in psutil.Process(board.process.pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert listening.laddr.ip == "127.0.0.1"


def test_on_a_network_it_draws_a_code_and_says_that_it_is_plain_http(new_board):
    board = new_board("--host", "0.0.0.0")
    said = board.said
    (address,) = set(re.findall(r"kata join (http://\S+)", said))
    assert "127.0.0.1" not in address and "On this network it is plain HTTP" in said
    assert "caddy reverse-proxy --from board.example.org" in said
    assert any(c in said for c in "\N{UPPER HALF BLOCK}\N{LOWER HALF BLOCK}\N{FULL BLOCK}")


def test_behind_a_proxy_it_gives_out_the_proxys_address(new_board):
    board = new_board("--url", "https://board.example.org/")
    said = board.said
    assert "kata join https://board.example.org/" in said and "plain HTTP" not in said


def test_a_restart_keeps_room_code_and_token(new_board):
    board = new_board("--name", "Tuesday")
    before = board.code, board.token
    board.machine("Ana").posts(verdict())
    assert board.stop() == 0 and "Traceback" not in board.last_words()
    board.start()
    assert (board.code, board.token) == before
    assert board.picture()["room"] == "Tuesday"
    assert row(board.picture()["people"], name="Ana")["at"] == "1.4 set_bias"


# --- the room ---


def test_verdicts_become_a_picture(new_board):
    board = new_board()
    empty = board.picture()
    assert empty["here"] == 0 and empty["exercises"] == [] and empty["join"] == f"kata join {board.address}"
    ana, bo, _ = board.machine("Ana"), board.machine("Bo"), board.machine("Cy")
    ana.posts(verdict("1.4", 6, 8, "shallow_copy"))
    bo.posts(verdict("1.4", 6, 8, "shallow_copy"))
    bo.posts(verdict("1.4", 8, 8))
    now = board.picture()
    exercise = row(now["exercises"], id="1.4")
    assert (exercise["solved"], exercise["at"], exercise["none"], exercise["minutes"]) == (1, 1, 1, 15)
    mistake = row(now["mistakes"], slug="shallow_copy")
    assert (mistake["now"], mistake["recent"], mistake["names"]) == (1, 2, ["Ana"])
    assert mistake["words"][0].startswith("The copy is not deep enough.")


def test_who_saves_wrong_answers_and_gets_no_further_is_stuck(new_board):
    """After three wrong saves and the minutes of --patience; progress ends
    it.
    """
    board = new_board("--patience", "5")
    ana = board.machine("Ana")
    for _ in range(3):
        ana.posts(verdict("1.4", 6, 8, "shallow_copy"))
    assert board.picture()["stuck"] == []  # for the five minutes are not over
    slow = new_board_of(board, "--patience", "0")
    stuck = row(slow.picture()["stuck"], name="Ana")
    assert (stuck["exercise"], stuck["wrong"]) == ("1.4 set_bias", 3)
    assert stuck["mistakes"][0]["words"][0].startswith("The copy is not deep enough.")
    Machine(slow, ana.key).posts(verdict("1.4", 7, 8))
    assert slow.picture()["stuck"] == []


def new_board_of(board, *options):
    """The same board, with other options."""
    board.stop()
    board.options = options
    board.start()
    return board


def test_a_raised_hand_until_it_is_answered_or_solved(new_board):
    board = new_board()
    ana, cookie = board.machine("Ana"), board.enters()
    ana.posts(share("1.4", "x = 1\n", "Why <b>not</b>?"))
    hand = row(board.picture()["hands"], name="Ana")
    assert (hand["exercise"], hand["question"]) == ("1.4 set_bias", "Why <b>not</b>?")
    status, _, body = board.ask("GET", f"/instructor/shared/{hand['id']}", Cookie=cookie)
    assert status == 200 and json.loads(body) == {"text": "x = 1\n"}
    answer = f"/instructor/shared/{hand['id']}/answer"
    assert board.ask("POST", answer, "{}", Cookie=cookie)[0] == 415  # as a form of another site's page would send
    assert board.ask("POST", answer, "{}", Cookie=cookie, Content_Type="application/json")[0] == 200
    assert board.picture()["hands"] == []
    ana.posts(share("1.4", "x = 2\n"))
    assert board.picture()["hands_count"] == 1
    ana.posts(verdict("1.4", 8, 8))
    assert board.picture()["hands"] == []


def test_a_forgotten_learner_is_gone_from_the_file_too(new_board):
    board = new_board()
    ana, cookie = board.machine("Zebulon"), board.enters()
    ana.posts(share("1.4", "a_line_of_zebulons = 1\n"))
    number = row(board.picture()["people"], name="Zebulon")["id"]
    forget = f"/instructor/learners/{number}/forget"
    assert board.ask("POST", forget, "{}", Content_Type="application/json")[0] == 401
    assert board.ask("POST", forget, "{}", Cookie=cookie, Content_Type="application/json")[0] == 200
    assert board.picture()["people"] == [] and board.picture()["hands"] == []
    status, said = ana.posts(verdict())
    assert status == 401 and "does not know you" in said["error"]
    board.stop()
    for file in board.folder.glob("board.sqlite*"):
        assert b"ebulon" not in file.read_bytes(), file


def test_late_posts_happened_when_they_say(new_board):
    """What waited in an outbox is of an earlier time, and never of one before
    its learner joined.
    """
    board = new_board()
    ana = board.machine("Ana")
    ana.posts(verdict("1.4", 6, 8, "shallow_copy"), age=20 * MINUTES)
    assert [ana.posts(verdict("1.4", 6, 8), age=age)[0] for age in (float("nan"), float("inf"), -1.0)] == [400, 200, 400]
    assert row(board.picture()["people"], name="Ana")["idle"] == 0
    assert row(board.picture()["mistakes"], slug="shallow_copy")["recent"] == 1


def test_what_was_posted_twice_counts_once(board):
    ana = board.machine("Twice")
    first = ana.posts(verdict(), id="a" * 32)
    assert ana.posts(verdict(), id="a" * 32) == first
    other = board.machine("Thrice")
    assert other.posts(verdict(), id="a" * 32)[1]["seq"] > first[1]["seq"]  # ids are a machine's own


def test_events_as_csv(new_board, kata):
    """From the page, and by the command; no cell is a formula."""
    board = new_board()
    ana, cookie = board.machine("=HYPERLINK(1)"), board.enters()
    ana.posts(verdict("1.4", 6, 8, "shallow_copy"))
    ana.posts(share("1.4", "x = 1\n", "+1?"))
    status, headers, body = board.ask("GET", "/instructor/board.csv", Cookie=cookie)
    assert status == 200 and "attachment" in headers["content-disposition"]
    first, second = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    assert (first["name"], first["exercise"], first["state"], first["mistakes"]) == (
        "'=HYPERLINK(1)", "1.4", "started", "shallow_copy",
    )  # fmt: skip
    assert json.loads(first["details"])[0]["name"] == "test_original_unchanged" and second["question"] == "'+1?"
    board.stop()
    said = kata("board", "--db", board.file, "--csv", board.folder / "all.csv")
    assert said.returncode == 0 and (board.folder / "all.csv").read_bytes() == body


# --- names ---


def test_names_of_any_kind_stay_apart(new_board):
    board = new_board()
    names = ["x" * 10_000, "<script>alert(1)</script>", "two\nlines\x1b[31m", "Ana", "Ana", "Ana", "Ana (2)", "", "\ud800"]
    for name in names:
        board.machine(name)
    shown = [person["name"] for person in board.picture()["people"]]
    assert len(set(shown)) == len(names) and all(0 < len(name) <= posts.MOST_NAME + 8 for name in shown)
    assert shown[1:6] == ["<script>alert(1)</script>", "two lines\N{REPLACEMENT CHARACTER}[31m", "Ana", "Ana (2)", "Ana (3)"]


# --- strangers ---

SECRET_PATHS = ["/instructor/stream", "/instructor/board.csv", "/instructor/shared/1", "/api/taught", "/api/taught/0"]
SECRET_POSTS = ["/instructor/shared/1/answer", "/instructor/learners/1/forget"]


@pytest.mark.parametrize("path", ["/", "/instructor", "/room", "/static/board.js", "/WRONG1", "/WRONG1/stream", *SECRET_PATHS])
def test_a_stranger_learns_no_names(board, path):
    board.machine("Zebulon").posts(share("1.4", "zebulons_code = 1", "zebulons question"))
    for cookie in ("", f"{board.enters().partition('=')[0]}=wrong", "board=1"):
        status, _, body = board.ask("GET", path, Cookie=cookie)
        assert b"ebulon" not in body
        assert status == (401 if path in SECRET_PATHS else 404 if "WRONG" in path else 303 if path == "/room" else 200)


def test_no_address_is_left_out():
    """Of those that a stranger tries above and below."""
    known = {"/", "/instructor", "/room", "/{code}", "/{code}/stream", *SECRET_PATHS[:2], "/instructor/shared/{seq:int}"}
    known |= {"/api/taught", "/api/taught/{digest}"}
    posted = {"/api/join", "/api/posts", "/api/leave", "/instructor/enter", "/instructor/shared/{seq:int}/answer"}
    posted |= {"/instructor/learners/{number:int}/forget"}
    source = (fresh.ROOT / "src/flaxkata/board/app.py").read_text()
    assert set(re.findall(r"Route\(\"([^\"]+)\"", source)) == known | posted


@pytest.mark.parametrize("path", SECRET_POSTS)
def test_a_stranger_changes_nothing(board, path):
    assert board.ask("POST", path, "{}", Content_Type="application/json")[0] == 401


def test_everybodys_view_has_no_names_and_no_words_of_learners(board):
    ana = board.machine("Zebulon")
    ana.posts(verdict("1.4", 6, 8, "zebulon_was_here", "shallow_copy"))
    ana.posts(share("1.4", "zebulons_code = 1", "zebulons question"))
    shown = board.picture(board.code)
    assert "ebulon" not in json.dumps(shown) and not {"people", "stuck", "hands"} & set(shown)
    assert [m["slug"] for m in shown["mistakes"]] == ["shallow_copy"]
    assert "zebulon_was_here" in json.dumps(board.picture())


def test_a_wrong_code_or_key_is_told_so(board):
    someone = Machine(board, "k" * 48)
    status, said = someone.join("Ana", "AAAAAA")
    assert status == 403 and "not the code of the room" in said["error"]
    assert someone.posts(verdict())[0] == 401
    assert Machine(board, "").join("Ana", board.code)[0] == 401
    assert board.ask("POST", "/instructor/enter", '{"token": "wrong"}')[0] == 401


def test_codes_cannot_be_guessed(new_board):
    board = new_board()
    someone = Machine(board, "k" * 48)
    answers = [someone.join("Ana", f"AAAA{a}{b}")[0] for a in "BCDEF" for b in "BCDEF"]
    assert answers == [403] * 20 + [429] * 5
    status, said = someone.join("Ana", board.code)
    assert status == 429 and "Try again in a minute" in said["error"]
    assert board.ask("GET", f"/{board.code}")[0] == 429


@pytest.mark.parametrize("path", ["/", "/instructor", "/CODE", "/static/board.css", "/nowhere/at/all", "/api/posts"])
def test_every_answer_is_strict(board, path):
    """And lets no other origin in."""
    path = path.replace("CODE", board.code)
    _, headers, _ = board.ask("GET", path, Origin="http://evil.example")
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in policy and not [name for name in headers if name.startswith("access-control")]
    _, headers, _ = board.ask("OPTIONS", path, Origin="http://evil.example", Access_Control_Request_Method="POST")
    assert not [name for name in headers if name.startswith("access-control")]


def test_the_cookie_is_for_this_page_alone(board):
    _, headers, _ = board.ask("POST", "/instructor/enter", json.dumps({"token": board.token}))
    cookie = headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/instructor"))


def test_nothing_secret_is_logged(new_board):
    """Also not when somebody asks wrongly."""
    board = new_board()
    ana, cookie = board.machine("Ana"), board.enters()
    board.ask("GET", f"/{board.code}")
    board.ask("GET", "/instructor/stream?token=" + board.token)
    board.ask("GET", f"/instructor/shared/{10**30}", Cookie=cookie)
    ana.posts({"kind": "verdict"})
    board.stop()
    logged = board.last_words()
    assert all(secret not in logged for secret in (board.code, board.token, ana.key)) and "Traceback" not in logged


# --- too much, and garbage ---


@pytest.mark.parametrize("chunked", [False, True])
def test_a_post_of_100_mb_is_refused_and_not_read(board, chunked):
    ana, before = board.machine("Large"), board.memory
    head = f"POST /api/posts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ana.key}\r\n"
    head += "Transfer-Encoding: chunked\r\n\r\n" if chunked else "Content-Length: 100000000\r\n\r\n"
    piece, sent = b" " * 100_000, 0
    with socket.create_connection(("127.0.0.1", board.port), timeout=20) as connection:
        connection.sendall(head.encode())
        with contextlib.suppress(OSError):  # it hangs up
            while sent < 100_000_000:
                connection.sendall(b"186a0\r\n" + piece + b"\r\n" if chunked else piece)
                sent += len(piece)
        with contextlib.suppress(OSError):
            answer = connection.recv(100)
            assert not answer or b" 413 " in answer
    assert sent < 20_000_000 and board.memory - before < 50
    assert ana.posts(verdict())[0] == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(string.ascii_letters, max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["kind", "exercise", "state", "score", "max_score", "origin", "mistakes", "checks", "text", "question"]
)
ALMOST = st.builds(
    lambda base, changed: base | changed,
    st.sampled_from([verdict(), share("1.4", "x")]),
    st.dictionaries(FIELDS, JSON, min_size=1, max_size=3),
)
PATHS = st.sampled_from(["/api/posts", "/api/join", "/api/leave", "/instructor/enter", "/instructor/shared/1/answer"])
BODIES = (
    st.binary(max_size=200)
    | JSON.map(lambda v: json.dumps(v).encode())
    | st.builds(lambda what: json.dumps({"id": "b" * 32, "age": 0, "what": what}).encode(), ALMOST)
    | st.sampled_from([b"[" * 100_000, b'{"id":' * 50_000, b"1" * 10_000, b'{"a":1e999}', b'"\\ud800"', b"\xff\xfe", b"NaN"])
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=PATHS, body=BODIES, method=st.sampled_from(["POST", "POST", "POST", "PUT", "DELETE", "HEAD", "GET"]))
def test_garbage_is_refused(board, garbler, path, body, method):
    """With an answer, and no error of the board's own."""
    status, _, said = board.ask(method, path, body, Authorization=f"Bearer {garbler.key}", X_Forwarded_For=garbler.anywhere())
    assert status in (200, 400, 401, 403, 404, 405, 413, 415, 429), (status, said)
    assert board.process.poll() is None


@pytest.fixture(scope="module")
def garbler(board):
    found = board.machine("Garbler")
    count = iter(range(10**9))
    found.anywhere = lambda: f"10.0.{next(count) // 200 % 256}.{next(count) % 200}"  # else it is taken for somebody who guesses
    yield found
    assert "Traceback" not in board.last_words()
    board.picture()


# --- two boards ---


def test_two_boards_on_one_file(new_board, kata):
    board = new_board()
    second = kata("board", "--port", "0", "--db", board.file)
    assert second.returncode == 2 and "Another board has" in second.stderr and "--db" in second.stderr
    taken = kata("board", "--port", board.port, "--db", board.folder / "other.sqlite")
    assert taken.returncode == 2 and f"cannot listen at 127.0.0.1, port {board.port}: Address already in use." in taken.stderr
    (board.folder / "text.sqlite").write_text("x" * 5000)
    other = kata("board", "--port", "0", "--db", board.folder / "text.sqlite")
    assert other.returncode == 2 and "cannot be used for a board: file is not a database" in other.stderr
