"""What a class teaches the grader, by the board: records go to everybody in the
room.
"""

import functools
import json
import shutil
import time
from dataclasses import replace

import fresh
import msgspec
import pytest
from boards import Board, share, verdict
from test_join import Folder, joined, senders, told, waits_for

from flaxkata import catalog, posts
from flaxkata.instructor.room_groups import RoomGroups
from flaxkata.judge import taught
from flaxkata.judge.options import GradeOptions
from flaxkata.learner import grading

PLACE = "ch01_parameters/ex04_set_bias"
FIRST = """def set_bias(variables, layer, value):
    params = variables["params"]
    bias = params[layer]["bias"].at[0].set(value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
"""
SLUG, WORDS = "first_number_only", "Only the first number of the bias is set.\n\nMake the new bias with `jnp.full_like`."
TOLD = f"This is a known mistake: {SLUG}"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """What the kit says of an answer to 1.4."""
    (exercise,) = catalog.select(fresh.ROOT, ["1.4"])
    file = tmp_path_factory.mktemp("graded") / "answer.py"

    @functools.cache
    def grade(text):
        file.write_text(text)
        (result,) = grading.kept_or_graded([exercise], file, GradeOptions(), False, lambda exercise, count: None)
        return result

    return grade


@pytest.fixture(scope="module")
def record(graded):
    """What `kata name` would record of an answer that has no name yet."""
    result = graded(FIRST)
    assert result.wrong and not result.mistakes
    (exercise,) = catalog.select(fresh.ROOT, ["1.4"])
    return taught.encoded(taught.record(exercise, SLUG, WORDS, result.checks))


def post_of(result):
    """What a learner's machine posts of it."""
    return json.loads(posts.to_json(posts.verdict(result, "grade")))


@pytest.fixture
def board(tmp_path):
    found = Board(tmp_path)
    yield found
    found.close()


@pytest.fixture
def kit(tmp_path):
    """A learner's folder, with the wrong answer."""
    folder = tmp_path / "learner"
    folder.mkdir()
    found = Folder(folder)
    found.save(FIRST)
    yield found
    found.close()
    for process in senders(folder):
        process.kill()


def teach(board, name, content):
    """Lay a record where the board looks."""
    (board.folder / "taught").mkdir(exist_ok=True)
    (board.folder / "taught" / name).write_bytes(content)


def test_everybody_in_the_room_is_told(kit, board, record):
    """Without a file: the record comes by itself, and the next verdict has the
    name. The board shows its words, and a record that is none is never given
    out.
    """
    said = joined(kit, board)
    assert "Nothing of them is run." in said
    assert "known mistake" not in kit.kata("grade", "1.4").stdout
    waits_for(lambda: told(board) == [("1.4", "started")])
    teach(board, "bad.json", record.replace(b'"slug":"', b'"slug":"../'))
    teach(board, f"1.4_{SLUG}.json", record)
    waits_for(lambda: list((kit.path / taught.FOLDER).glob("*.json")))
    shown = kit.kata("grade", "1.4").stdout
    assert TOLD in shown and "full_like" in shown
    waits_for(lambda: told(board) == [("1.4", "started"), ("1.4", "started", SLUG)])
    mistake = board.picture()["mistakes"][0]
    assert (mistake["slug"], mistake["words"]) == (SLUG, WORDS.split("\n\n"))
    assert board.picture(board.code)["mistakes"][0]["words"]  # everybody's page has them too
    standing = kit.kata("join", "--show").stdout
    assert "Records of mistakes that came from the board: 1. `kata taught` lists them." in standing
    shutil.rmtree(kit.path / taught.FOLDER)  # who deletes one does not get it again
    kit.kata("grade", "1.4", "--fresh")
    waits_for(lambda: len(told(board)) == 3)
    time.sleep(0.5)
    assert not (kit.path / taught.FOLDER).exists()


def test_who_joins_later_is_told_at_once(kit, board, record):
    teach(board, f"1.4_{SLUG}.json", record)
    joined(kit, board)
    waits_for(lambda: list((kit.path / taught.FOLDER).glob("*.json")))
    assert TOLD in kit.kata("grade", "1.4").stdout


def test_a_record_is_for_those_who_joined(board, record):
    teach(board, f"1.4_{SLUG}.json", record)
    ana = board.machine("Ana")
    key = {"Authorization": f"Bearer {ana.key}"}
    status, _, said = board.ask("GET", "/api/taught", **key)
    (digest,) = json.loads(said)["records"]
    assert status == 200
    assert board.ask("GET", f"/api/taught/{digest}", **key)[::2] == (200, record)
    for path in ("/api/taught", f"/api/taught/{digest}"):
        assert board.ask("GET", path)[0] == 401
        assert board.ask("GET", path, Authorization="Bearer " + "x" * 48)[0] == 401
    assert board.ask("GET", f"/api/taught/{'0' * 64}", **key)[0] == 404
    assert board.ask("GET", "/api/taught/..%2Fboard.sqlite", **key)[0] == 404


BAD = {
    "garbage": b"{" * 5000,
    "a file's name for a slug": b'{"slug": "../../x"}',
    "too large": b" " * (5 << 20),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_a_board_gives_out_is_read_strictly(kit, kind):
    """Also where the board is not ours."""
    import http.server
    import threading

    class Lying(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answers(b'{"room": "Ours", "name": "Ana", "seq": 1, "taught": "x"}')

        def do_GET(self):
            offered = json.dumps({"digest": "x", "records": ["0" * 64]}).encode()
            self.answers(offered if self.path == "/api/taught" else BAD[kind])

        def answers(self, content):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lying)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        kit.kata("join", f"http://127.0.0.1:{server.server_port}/ABC234", "--as", "Ana")
        waits_for(lambda: "A record from the board is not used: it is" in kit.kata("join", "--show").stdout)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert not (kit.path / taught.FOLDER).exists()
    assert kit.kata("grade", "1.4").returncode == 1


# --- what has no name yet ---

MAPPED = """import jax


def set_bias(variables, layer, value):
    def changed(path, leaf):
        return leaf.at[0].set(value) if [k.key for k in path] == ["params", layer, "bias"] else leaf

    return jax.tree_util.tree_map_with_path(changed, variables)
"""
SHALLOW = (fresh.ROOT / f"tests/mistakes/{PLACE}/shallow_copy.py").read_text()
TYPO = (fresh.ROOT / f"tests/kit/unknown_mistake/{PLACE}/typo.py").read_text()


def test_the_same_without_a_name_is_one_group(board, graded):
    """However it is written; with what failed, and the files that were shared.
    A newer verdict counts in place of an older one, and nobody counts twice.
    """
    people = {name: board.machine(name) for name in ("Ana", "Bo", "Cy", "Di")}
    for name, text in {"Ana": FIRST, "Bo": MAPPED, "Cy": SHALLOW, "Di": TYPO}.items():
        assert people[name].posts(post_of(graded(text)))[0] == 200
    people["Ana"].posts(post_of(graded(FIRST)))
    (group,) = board.picture()["unnamed"]
    assert (group["exercise"], group["count"], sorted(group["names"])) == ("1.4 set_bias", 2, ["Ana", "Bo"])
    assert group["files"] == [] and group["naming"] == f"kata name {board.file} 1.4 1"
    failed = {check["id"]: check["failed"] for check in group["checks"]}
    assert list(failed) == [check.name for check in graded(FIRST).wrong] and failed["test_sets"][0].endswith(
        ": differs in value"
    )
    people["Bo"].posts(share("1.4", MAPPED, "Why?"))
    (shared,) = board.picture()["unnamed"][0]["files"]
    assert shared["name"] == "Bo"
    status, _, said = board.ask("GET", f"/instructor/shared/{shared['id']}", Cookie=board.enters())
    assert status == 200 and json.loads(said)["text"] == MAPPED
    people["Ana"].posts(post_of(graded(SHALLOW)))
    assert [g["names"] for g in board.picture()["unnamed"]] == [["Bo"]]  # alone, but with a file
    people["Cy"].posts(post_of(graded(FIRST)))
    before = board.picture()["unnamed"]
    assert [sorted(g["names"]) for g in before] == [["Bo", "Cy"]]
    board.kill()
    board.start()
    assert board.picture()["unnamed"] == before
    assert "unnamed" not in board.picture(board.code)
    forget = {"Cookie": board.enters(), "Content_Type": "application/json"}
    for person in board.picture()["people"]:
        board.ask("POST", f"/instructor/learners/{person['id']}/forget", "{}", **forget)
    assert board.picture()["unnamed"] == []


def test_nobody_fills_the_board_with_groups(board, graded):
    """With exercises that are none, or with more values than a verdict has."""
    people = [board.machine(name) for name in ("Ana", "Bo")]
    found = post_of(graded(FIRST))
    failing = next(check for check in found["checks"] if check.get("failures"))
    many = {**failing, "failures": [{**failing["failures"][0], "label": str(n), "values": [0.5] * 256} for n in range(90)]}
    for machine in people:
        assert machine.posts({**found, "exercise": "99.9"})[0] == 200
        assert machine.posts({**found, "exercise": "1.3", "checks": [many], "unnamed": [many["name"]]})[0] == 200
        assert machine.posts(verdict("1.5", 1, 8) | {"unnamed": ["test_nowhere"]})[0] == 200
    assert board.picture()["unnamed"] == []


def test_a_room_of_500_is_grouped_in_no_time(graded):
    """Of a group of 500 and 100 who did other things, once for each change: a
    tenth of a second here.
    """
    room = RoomGroups(["1.4"])
    same = posts.verdict(graded(FIRST), "grade")
    for number in range(500):
        room.put(number, same)
    for number in range(100):
        checks = [
            msgspec.structs.replace(c, failures=[replace(f, values=tuple(v + number for v in f.values)) for f in c.failures])
            for c in same.checks
        ]
        room.put(1000 + number, msgspec.structs.replace(same, checks=checks))
    start = time.process_time()
    found = room.groups()
    took = time.process_time() - start
    assert len(found[0].learners) == 501 and len(found) == 100  # one of the others did the same
    start = time.process_time()
    assert room.groups()[0] is found[0] and time.process_time() - start < 0.005
    assert took < 2, took


# --- the loop ---


def test_what_one_shares_is_named_and_the_others_are_told(kit, board, graded, cold, tmp_path):
    """Three do the same, one shares, the instructor names it, and the next save
    of another has the name.
    """
    words, mine = tmp_path / "words.txt", tmp_path / "mine"
    words.write_text(WORDS)
    command = ["name", board.file, "1.4", "1", "--as", SLUG, "--text", words, "--mistakes", mine]
    ana, cy = board.machine("Ana"), board.machine("Cy")
    for machine, text in ((ana, FIRST), (cy, MAPPED)):
        machine.posts(post_of(graded(text)))
    joined(kit, board, "Ben")
    assert "known mistake" not in kit.kata("grade", "1.4").stdout
    group = board.comes_to(lambda now: now["unnamed"] and now["unnamed"][0]["count"] == 3)["unnamed"][0]
    assert sorted(group["names"]) == ["Ana", "Ben", "Cy"]

    early = cold(*command)
    assert (early.returncode, early.stderr) == (
        2,
        "Nobody in this group shared a file. Ask one of them to type: kata share 1.4\n",
    )
    cy.posts(share("1.4", MAPPED, "Why?"))
    shown = cold("name", board.file, "1.4")
    assert "1.4 set_bias, group 1: 3 people" in shown.stdout and "Cy  shared a file" in shown.stdout
    assert "x The bias of the named layer is filled" in shown.stdout and "tree_map_with_path" in shown.stdout
    done = cold(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert f"It is identified as itself: {SLUG}." in said and "All 3 in the group are told it." in said
    assert "The board brings it to everybody in the room" in said
    assert "tree_map_with_path" in (mine / PLACE / f"{SLUG}.py").read_text()

    waits_for(lambda: list((kit.path / taught.FOLDER).glob("*.json")))
    now = kit.kata("grade", "1.4").stdout
    assert TOLD in now and "full_like" in now
    group = board.comes_to(lambda now: now["unnamed"][0]["count"] == 2)["unnamed"][0]
    assert sorted(group["names"]) == ["Ana", "Cy"]
    (mistake,) = board.picture()["mistakes"]
    assert (mistake["slug"], mistake["names"], mistake["words"]) == (SLUG, ["Ben"], WORDS.split("\n\n"))
    assert not (kit.path / "tests").exists()  # no file of the mistake went to the learner


def test_what_is_no_board_cannot_be_named_from(cold, tmp_path):
    (tmp_path / "x.sqlite").write_text("x" * 5000)
    done = cold("name", tmp_path / "x.sqlite", "1.4")
    assert done.returncode == 2 and "x.sqlite is not the file of a board: file is not a database." in " ".join(
        done.stderr.split()
    )


def test_an_error_is_named_though_the_board_has_not_its_message(board, graded, cold, tmp_path):
    """A digest stands for it there, as it may quote code."""
    ana = board.machine("Ana")
    found = post_of(graded(TYPO))
    assert "fill_like" not in json.dumps(found)
    ana.posts(found)
    ana.posts(share("1.4", TYPO))
    done = cold("name", board.file, "1.4", "--as", "fill_method/fill_like", "--mistakes", tmp_path / "mine")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 1 in the group are told it." in " ".join(done.stdout.split())
    assert (board.folder / "taught" / "1.4_fill_method_fill_like.json").exists()


def test_the_page_knows_an_instructors_own_mistakes(tmp_path):
    place = tmp_path / "mine" / PLACE / "told_by_me.py"
    place.parent.mkdir(parents=True)
    place.write_text('"""My own words."""\n')
    board = Board(tmp_path, "--mistakes", str(tmp_path / "mine"))
    try:
        board.machine("Ana").posts(verdict("1.4", 6, 8, "told_by_me"))
        assert board.picture()["mistakes"][0]["words"] == ["My own words."]
    finally:
        board.close()
