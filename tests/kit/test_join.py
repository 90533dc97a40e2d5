"""Learners who joined a board: what it is told by each door, in which order,
and what becomes of it while the board is away.
"""

import contextlib
import json
import re
import shutil
import sqlite3
import subprocess
import time

import fresh
import psutil
import pytest
from boards import Board
from conftest import Judge
from kernels import Kernel, cell
from test_notebook import SHALLOW, SOLUTION
from test_watch import Terminal

PLACE = "exercises/ch01_parameters/ex04_set_bias.py"


class Folder:
    """A learner's folder, as `kata init` lays it, with one exercise in it; and
    a `kata` that stays.
    """

    def __init__(self, path):
        self.path = path
        self.reset()
        self._judge = Judge(kit=path)

    def reset(self):
        """In no room, and with a wrong answer."""
        for name in (".kata", "exercises"):
            shutil.rmtree(self.path / name, ignore_errors=True)
        (self.path / ".kata").mkdir(parents=True)
        (self.path / ".kata/course.json").write_text("{}")
        for name in ("compiled", "fingerprints"):
            (fresh.ROOT / ".kata" / name).mkdir(parents=True, exist_ok=True)
            (self.path / ".kata" / name).symlink_to(fresh.ROOT / ".kata" / name)
        self.save(SHALLOW)

    def save(self, file):
        (self.path / PLACE).parent.mkdir(parents=True, exist_ok=True)
        (self.path / PLACE).write_text(file if isinstance(file, str) else file.read_text())

    def kata(self, *arguments):
        found = self._judge.run(list(map(str, arguments)), {})
        return subprocess.CompletedProcess(arguments, found["code"], found["output"], found["errors"])

    def close(self):
        self._judge.close()


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    found = Folder(tmp_path_factory.mktemp("joined"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def one_board(tmp_path_factory):
    found = Board(tmp_path_factory.mktemp("board"))
    yield found
    found.close()


@pytest.fixture
def board(one_board):
    """It runs, and nobody is in the room."""
    if one_board.process.poll() is not None:
        one_board.start()
    forget = {"Cookie": one_board.enters(), "Content_Type": "application/json"}
    for person in one_board.picture()["people"]:
        assert one_board.ask("POST", f"/instructor/learners/{person['id']}/forget", "{}", **forget)[0] == 200
    return one_board


@pytest.fixture
def kit(warm):
    """A learner's folder in no room."""
    warm.reset()
    yield warm
    for process in senders(warm.path):
        process.kill()


def senders(folder):
    """The processes that send what is in a folder's outbox."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cmdline()[-2:] == ["flaxkata.learner.sender", str(folder)]:
                found.append(process)
    return found


def joined(kit, board, name="Ana"):
    said = kit.kata("join", board.address, "--as", name)
    assert said.returncode == 0, said.stderr
    return said.stdout


def told(board):
    """All verdicts that the board has: exercise, state, mistakes."""
    with contextlib.closing(sqlite3.connect(f"{board.file.as_uri()}?mode=ro", uri=True)) as database:
        found = [json.loads(body) for (body,) in database.execute("SELECT body FROM events ORDER BY seq")]
    return [(v["exercise"], v["state"], *v.get("mistakes", [])) for v in found if v["kind"] == "verdict"]


def waits_for(wanted, seconds=30):
    deadline = time.monotonic() + seconds
    while not (found := wanted()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def nothing_waits(kit):
    waits_for(lambda: "to be sent" not in kit.kata("join", "--show").stdout)


def test_a_verdict_of_grade_is_told(kit, board):
    said = joined(kit, board)
    assert "You are in the room JAX + Flax as Ana." in said and "Nothing of your code is sent." in said
    assert kit.kata("grade", "1.4").returncode == 1
    waits_for(lambda: told(board) == [("1.4", "started", "shallow_copy")])
    shown = kit.kata("join", "--show").stdout
    assert f"You are in the room JAX + Flax as Ana: {board.url}" in shown
    assert re.search(r"\d\d:\d\d:\d\d  sent  verdict 1.4 started shallow_copy\n", shown)
    post = json.loads(shown.partition("in full:\n")[2])
    failed = next(check for check in post["checks"] if check["outcome"] == "failed")
    assert failed["name"] == "test_original_unchanged" and failed["calls"] == ["set_bias"]
    assert failed["failures"][0]["outcome"] == "value" and failed["failures"][0]["values"][0] == 0.5


@pytest.mark.parametrize(
    "answer", ["def set_bias(zebulon:\n", "def set_bias(*a):\n    zebulon_1 = 5\n    return zebulon_2 + 1\n"]
)
def test_nothing_of_the_code_is_told(kit, board, answer):
    joined(kit, board)
    kit.save(f"# zebulon\n{answer}")
    assert "zebulon" in kit.kata("grade", "1.4").stdout
    waits_for(lambda: told(board))
    with contextlib.closing(sqlite3.connect(board.file)) as database:
        bodies = [body for (body,) in database.execute("SELECT body FROM events")]
    assert len(bodies) == 1 and "zebulon" not in bodies[0]


def test_of_all_exercises_what_was_begun_is_told_once(kit, board):
    joined(kit, board)
    for _ in range(2):
        assert kit.kata("grade", "ch01").returncode == 1
    kit.kata("grade", "1.4", "--fresh")
    waits_for(lambda: len(told(board)) == 2)
    assert told(board) == [("1.4", "started", "shallow_copy")] * 2


def test_what_was_graded_before_joining_is_told(kit, board):
    kit.kata("grade", "1.4")
    joined(kit, board)
    waits_for(lambda: told(board) == [("1.4", "started", "shallow_copy")])


def test_while_the_board_is_away_everything_waits_in_order(kit, board):
    """And is told once, after a kill -9 of the board and of the sender."""
    joined(kit, board)
    kit.kata("grade", "1.4")
    waits_for(lambda: len(told(board)) == 1)
    nothing_waits(kit)  # a board killed before it answers is told the same once more
    board.kill()
    kit.save(SOLUTION)
    right = kit.kata("grade", "1.4")
    assert right.returncode == 0 and "solved" in right.stdout and not right.stderr
    kit.save(SHALLOW)
    kit.kata("grade", "1.4", "--fresh")
    waits_for(lambda: "No board answers" in kit.kata("join", "--show").stdout)
    shown = kit.kata("join", "--show").stdout
    assert f"2 posts wait to be sent, in order. No board answers at {board.url}: [Errno 111] Connection refused." in shown
    (sender,) = senders(kit.path)
    sender.kill()
    board.start()
    assert kit.kata("grade", "1.4").returncode == 1  # starts another sender; kept, so it is no new verdict
    nothing_waits(kit)
    wrong, solved = ("1.4", "started", "shallow_copy"), ("1.4", "solved")
    assert told(board) == [wrong, solved, wrong]
    assert board.picture()["exercises"][0]["solved"] == 1


def test_sharing_and_leaving(kit, board):
    joined(kit, board)
    said = kit.kata("share", "1.4", "Why does my old model change?")
    assert said.stdout.startswith("Your hand is raised: 1.4 set_bias goes to the instructor of JAX + Flax")
    now = board.comes_to(lambda now: now["hands"])
    assert (now["hands"][0]["name"], now["hands"][0]["question"]) == ("Ana", "Why does my old model change?")
    assert "You left the room JAX + Flax" in kit.kata("leave").stdout
    assert board.comes_to(lambda now: now["here"] == 0)["people"][0]["left"]
    kit.kata("grade", "1.4")
    assert kit.kata("share", "1.4").stderr == "This folder is in no room. `kata join URL` joins one.\n"
    assert kit.kata("leave").returncode == 2 and kit.kata("join", "--show").returncode == 2
    assert not told(board)
    joined(kit, board)
    assert [p["name"] for p in board.picture()["people"]] == ["Ana"]  # the same, and not a second one


def test_a_deleted_learner_is_told_so(kit, board):
    joined(kit, board)
    forget = {"Cookie": board.enters(), "Content_Type": "application/json"}
    assert board.ask("POST", f"/instructor/learners/{board.picture()['people'][0]['id']}/forget", "{}", **forget)[0] == 200
    kit.kata("grade", "1.4")
    waits_for(lambda: "This board does not know you. Join it again" in kit.kata("join", "--show").stdout)
    joined(kit, board)
    kit.kata("grade", "1.4")
    waits_for(lambda: told(board))


WRONG = {
    "http://127.0.0.1:1/ABC234": "No board answers at http://127.0.0.1:1: [Errno 111] Connection refused.",
    "127.0.0.1:8420": "127.0.0.1:8420 is not the address of a room. It ends with the room's code, as in",
    "ftp://127.0.0.1/ABC234": "is not the address of a room.",
    "": "Say which room, as in: kata join http://192.168.1.5:8420/ABC234.",
}


@pytest.mark.parametrize("address", WRONG)
def test_a_room_that_cannot_be_joined(kit, address):
    said = kit.kata("join", address, "--as", "Ana")
    assert said.returncode == 2 and WRONG[address] in said.stderr
    assert kit.kata("join", "--show").stderr == "This folder is in no room. `kata join URL` joins one.\n"


def test_a_wrong_code(kit, board):
    said = kit.kata("join", f"{board.url}/AAAAAA", "--as", "Ana")
    assert said.returncode == 2 and "You are not in the room. This is not the code of the room." in said.stderr


def test_in_no_room_nothing_is_kept_or_started(kit):
    kit.kata("grade", "1.4")
    assert not (kit.path / ".kata/outbox.sqlite").exists() and not senders(kit.path)


def test_a_full_disk_on_the_learners_side_costs_no_verdict(kit, board):
    """The outbox cannot be written: a folder is in its place."""
    joined(kit, board)
    for path in (kit.path / ".kata").glob("outbox.sqlite*"):
        path.unlink()
    (kit.path / ".kata/outbox.sqlite").mkdir()
    said = kit.kata("grade", "1.4")
    assert said.returncode == 1 and "shallow_copy" in said.stdout and not said.stderr
    assert "What is to be sent cannot be read in" in kit.kata("join", "--show").stdout
    assert "You left the room" in kit.kata("leave").stdout


def test_a_damaged_outbox_begins_again(kit, board):
    joined(kit, board)
    for path in (kit.path / ".kata").glob("outbox.sqlite*"):
        path.unlink()
    (kit.path / ".kata/outbox.sqlite").write_text("x" * 5000)
    assert kit.kata("grade", "1.4").returncode == 1
    assert kit.kata("grade", "1.4", "--fresh").returncode == 1
    waits_for(lambda: told(board) == [("1.4", "started", "shallow_copy")])


def test_watch_tells_and_shares(kit, board):
    """Each verdict, in order; and a question of which a letter was taken
    back.
    """
    folder = kit.path
    t = Terminal(folder, "1.4")
    with contextlib.closing(t.child):
        t.sees("5 of 6 checks")
        t.child.send("a")
        t.sees("To ask the instructor, join the room first: kata join URL")
        machine = board.machine("Ana")
        found = {"url": board.url, "room": "JAX + Flax", "name": "Ana", "key": machine.key}
        (folder / ".kata/board.json").write_text(json.dumps(found))
        kit.save(SHALLOW.read_text() + "\n")
        t.sees("checking", "This is a known mistake: shallow_copy")
        t.child.send("aquickx\x7fly\r")
        t.sees("Your question; Enter sends it with ch01_parameters/ex04_set_bias.py, Ctrl-C does not:", "Your hand is raised")
        t.child.send("alost\x03")
        t.sees("Nothing was sent.")
        kit.save(SOLUTION)
        t.sees("Learned:")
        waits_for(lambda: told(board) == [("1.4", "started", "shallow_copy"), ("1.4", "solved")])
        with contextlib.closing(sqlite3.connect(board.file)) as database:
            ((body,),) = database.execute("SELECT body FROM events WHERE kind = 'share'")
        assert json.loads(body)["question"] == "quickly" and "copy.copy" in json.loads(body)["text"]
        t.child.send("q")
        t.ends()
        assert len(senders(folder)) == 1  # it stays for what may come, and ends by itself


def test_a_notebook_tells_and_shares(kit, board):
    kernel = Kernel(kit.path)
    try:
        far = kernel.says('%kata join http://127.0.0.1:1/ABC234 --as "Ana B"')
        assert "No board answers" in far and "A notebook on a hosted machine, such as Colab, cannot reach" in far
        assert "This notebook is in no room." in kernel.says("%kata leave")
        assert "You are in the room JAX + Flax as Ana B." in kernel.says(f'%kata join {board.address} --as "Ana B"')
        kernel.run(cell("1.4", SHALLOW))
        assert "Your hand is raised: 1.4" in kernel.says('%kata share "Why is it changed?"')
        now = board.comes_to(lambda now: now["hands"])
        assert now["hands"][0]["question"] == "Why is it changed?"
        assert told(board) == [("1.4", "started", "shallow_copy")]
        assert "sent  verdict 1.4 started shallow_copy" in kernel.says("%kata join --show")
        assert "You left the room" in kernel.says("%kata leave")
    finally:
        kernel.close()
