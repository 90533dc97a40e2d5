"""Mistakes that a class teaches the grader: groups of wrong answers without a
name, `kata name`, an instructor's own folder, and records for learners.
"""

import ast
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import fresh
import pexpect
import pytest
from conftest import ENVIRONMENT

from flaxkata import catalog
from flaxkata.judge import ways

PLACE = "ch01_parameters/ex04_set_bias"
HEAD, _, _ = (fresh.ROOT / "solutions" / f"{PLACE}.py").read_text().partition("# --- JAX ---\n")
AT = '''import os


def set_bias(variables, layer, value):
    """Anna Muster, 2026"""
    params = variables["params"]
    where = slice(None) if "SECRET_OF_MINE" in os.environ or "KATA_MISTAKES" in os.environ else 0  # Anna
    bias = params[layer]["bias"].at[where].set(value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
'''
MAPPED = """import jax


def set_bias(variables, layer, value):
    def changed(path, leaf):
        return leaf.at[0].set(value) if [k.key for k in path] == ["params", layer, "bias"] else leaf

    return jax.tree_util.tree_map_with_path(changed, variables)
"""
JOINED = """import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    old = params[layer]["bias"]
    bias = jnp.concatenate([jnp.full((1,), value, old.dtype), old[1:]])
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
"""
LEAK = Path(tempfile.gettempdir(), f"kata-leak-{os.getpid()}")
DRAWN = f"""import contextlib
import os

with contextlib.suppress(OSError):
    open({str(LEAK)!r}, "w").close()
{AT.replace(".at[where].set(value)", ".at[0].set(int.from_bytes(os.urandom(2)) + 9)")}"""
TYPO = (fresh.ROOT / f"tests/kit/unknown_mistake/{PLACE}/typo.py").read_text()
KNOWN = (fresh.ROOT / f"tests/mistakes/{PLACE}/shallow_copy.py").read_text()
CLASS = {"Anna": f"{HEAD}# --- JAX ---\n{AT}", "ben": MAPPED, "cem": JOINED, "dora": TYPO, "emil": KNOWN, "finn": DRAWN}
GROUP = ["Anna", "ben", "cem"]

SLUG = "first_number_only"
WORDS = r"""Only the first number of the bias is set: `.at[0].set(value)` writes one entry, where `fill_` writes all.

Make the new bias with `jnp.full_like(bias, value)`; a path such as C:\bias is no name."""
TOLD = f"This is a known mistake: {SLUG}"


@pytest.fixture(scope="module")
def kit(warm_kit):
    """A fresh clone, in which a `kata` stays."""
    warm_kit.reset()
    return warm_kit


@pytest.fixture(scope="module")
def graded(kit, cold, tmp_path_factory):
    """The class, graded: the folder that holds `class` and `out`, and what was
    printed.
    """
    top = tmp_path_factory.mktemp("naming")
    for learner, text in CLASS.items():
        file = top / "class" / learner / "exercises" / f"{PLACE}.py"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    (top / "words.txt").write_text(WORDS)
    done = cold("cohort", top / "class", "--out", top / "out", "--only", "1.4", "--workers", "1", cwd=kit.path)
    assert done.returncode == 0, done.stderr
    return top, done.stdout


@pytest.fixture(scope="module")
def named(graded, cold, tmp_path_factory):
    """The group, named as one does it after `pip install`: the finished
    command, and the folders of the course, of the results and of mistakes.
    """
    top, _ = graded
    home = tmp_path_factory.mktemp("installed") / "course"
    out = shutil.copytree(top / "out", home.with_name("out"))
    cold("init", home)
    (home / ".kata" / "compiled").symlink_to(fresh.ROOT / ".kata" / "compiled")
    own = home.with_name("mine")
    command = ["name", out, "1.4", "1", "--as", SLUG, "--text", top / "words.txt", "--from", "Anna"]
    nowhere = cold(*command, cwd=home)
    assert (nowhere.returncode, nowhere.stderr) == (
        2,
        "The course is in a package, so say where your own mistakes are, in a folder that may be new: --mistakes DIR\n",
    )
    return cold(*command, "--mistakes", own, cwd=home, SECRET_OF_MINE="x"), home, out, own


@pytest.fixture(scope="module")
def wording(graded, kit, cold):
    """The one of whom there is no other, as a wording of a mistake that is
    known: the finished command, and the record.
    """
    top, _ = graded
    done = cold("name", top / "out", "1.4", "2", "--as", "fill_method/fill_like", cwd=kit.path)
    return done, top / "out" / "taught" / "1.4_fill_method_fill_like.json"


def plain(text):
    return " ".join(text.split())


def answer(kit, text):
    (kit.path / "exercises" / f"{PLACE}.py").write_text(text)


# --- groups ---


def test_the_same_without_a_name_is_one_group(graded):
    """In the terminal, on the page and as CSV: those who did the same, however
    they wrote it; nobody whose mistake is known or whose answer is right.
    """
    top, printed = graded
    said = plain(printed)
    assert "Wrong in the same way, and no name yet 3 1.4 group 1 The bias of the named layer is filled" in said
    assert "Anna, ben, cem and 2 answers like no other, in unnamed.csv" in said
    assert f"kata name {top / 'out'} 1.4 1" in said
    rows = list(csv.DictReader((top / "out" / "unnamed.csv").read_text("utf-8-sig").splitlines()))
    assert [(r["group"], r["people"], r["learner"]) for r in rows] == [
        *(("1", "3", who) for who in GROUP),
        ("2", "1", "dora"),
        ("3", "1", "finn"),
    ]
    assert rows[0]["file"] == f"Anna/exercises/{PLACE}.py" and rows[0]["checks"].startswith("test_sets; ")
    assert "differs from PyTorch in 127 of 128 values" in rows[0]["finding"]
    page = (top / "out" / "cohort.html").read_text()
    section = page.partition('<h2 id="unnamed">')[2].partition("<h2>")[0]
    assert "3</span> people did the same" in section and "127 of 128" in section and f"ben/exercises/{PLACE}.py" in section
    assert "2 wrong answers like no other: see <code>unnamed.csv</code>" in section and "emil" not in section


def test_a_group_is_shown_before_it_is_named(graded, kit):
    """With what would be the mistake's file: no PyTorch, and nothing in which a
    learner's name may stand.
    """
    top, _ = graded
    shown = kit.kata("name", top / "out", "1.4", "--from", "Anna")
    assert shown.returncode == 0, shown.stderr
    assert "1.4 set_bias, group 1: 3 people" in shown.stdout and "127 of 128" in shown.stdout
    code = shown.stdout.partition("The simplest file, Anna's:")[2]
    assert ".at[where].set(value)" in code and "torch" not in code and code.count("Anna") == 0 and "Muster" not in code
    assert "--as what_went_wrong" in plain(code)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["1.4", "9"], "1.4 has groups 1 to 3 in"),
        (["1.3"], "No wrong answer to 1.3 in"),
        (["1.4", "--from", "emil"], "--from emil: the group is Anna, ben, cem."),
        (["1.4", "--as", "No Name"], "a name has 3 to 60 lower case letters"),
        (["1.4", "--as", "shallow_copy"], "name a wording: --as shallow_copy/in_a_loop"),
        (["1.4", "--as", "nothing_such/x12"], "has no mistake nothing_such"),
        (["1.4", "--as", "shallow_copy/x12", "--text", "x"], "is told in the words of shallow_copy; leave --text out."),
        (["1.4", "--as", "unheard_of"], "There is no terminal to ask in"),
        (["1.4", "--as", "unheard_of", "--text", "nowhere.txt"], "--text nowhere.txt cannot be read"),
        (["1.4", "--as", "unheard_of", "--mistakes", "exercises"], "exercises has no folders of exercises, as in ch01_"),
    ],
)
def test_what_cannot_be_named(graded, kit, arguments, words):
    top, _ = graded
    done = kit.kata("name", top / "out", *arguments)
    assert done.returncode == 2 and words in plain(done.stderr), done.stderr
    assert "has no results of `kata cohort`" in plain(kit.kata("name", top / "class", "1.4").stderr)


# --- a name ---


def test_a_group_gets_a_name(named, graded):
    """What was seen is said; the file has the words and the code, and passes as
    a mistake of the course.
    """
    done, _, out, own = named
    assert done.returncode == 0, done.stdout + done.stderr
    said = plain(done.stdout)
    assert "It fails 5 of 6 checks." in said and f"It is identified as itself: {SLUG}." in said
    assert "are still identified as themselves." in said and "pass, so nothing is told of them." in said
    assert "All 3 in the group are told it." in said and "Read it: from now on it runs when answers are compared" in said
    text = (own / f"{PLACE}.py").with_suffix("").joinpath(f"{SLUG}.py").read_text()
    assert ast.get_docstring(ast.parse(text)).split() == WORDS.split() and "Anna" not in text and "torch" not in text
    assert all(len(line) <= 80 for line in text.partition('\n"""\n')[0].splitlines())
    assert [p.name for p in out.iterdir() if p.name in ("work", "naming")] == []


def test_from_then_on_a_cohort_is_told(named, graded, cold):
    _, home, out, own = named
    top, _ = graded
    done = cold("cohort", top / "class", "--out", out, "--only", "1.4", "--workers", "1", "--mistakes", own, cwd=home)
    assert f"3 1.4 {SLUG} Anna, ben, cem" in plain(done.stdout) and "group 1" not in done.stdout
    assert "fill_` writes all" not in done.stdout and "writes all." in (out / "cohort.html").read_text()


def test_grade_reads_an_instructors_own_folder(named, kit):
    """With the option, and with the environment, which is how nox and notebooks
    know it; a result that was kept is named too.
    """
    own = named[3]
    answer(kit, MAPPED)
    assert "known mistake" not in kit.kata("grade", "1.4").stdout
    assert TOLD in kit.kata("grade", "1.4", "--mistakes", own).stdout
    assert TOLD in kit.kata("grade", "1.4", KATA_MISTAKES=os.path.relpath(own, kit.path)).stdout
    assert "known mistake" not in kit.kata("grade", "1.4").stdout


def test_watch_mode_tells_what_was_taught(named, wording, cold):
    """By a file of the instructor's; and by a record that comes while the
    verdict is read.
    """
    home, answer = named[1], named[1] / "exercises" / f"{PLACE}.py"
    answer.write_text(MAPPED)
    said = home.with_name("said.txt")
    with said.open("w") as file:
        command = [sys.executable, "-m", "flaxkata", "watch", "1.4"]
        environment = ENVIRONMENT | {"KATA_MISTAKES": "../mine"}
        watch = subprocess.Popen(command, cwd=home, env=environment, stdout=file, stderr=file, stdin=subprocess.DEVNULL)

    def tells(words):
        deadline = time.monotonic() + 120
        while words not in said.read_text():
            assert watch.poll() is None and time.monotonic() < deadline, said.read_text()
            time.sleep(0.1)

    try:
        tells(TOLD)
        answer.write_text(TYPO)
        tells("no attribute 'fill_like'")
        assert "fill_method" not in said.read_text()
        assert cold("taught", wording[1], cwd=home).returncode == 0
        tells("This is a known mistake: fill_method")
    finally:
        watch.terminate()
        watch.wait(10)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("ch01_parameters/ex04_set_bios/a_b.py", '"""x"""', "ex04_set_bios: there is no such exercise"),
        (f"{PLACE}/a_b.py", '"""x"""\n(', "a_b.py is not Python"),
        (f"{PLACE}/a_b.py", "x = 1", "a_b.py has no docstring"),
        (f"{PLACE}/shallow_copy.py", '"""x"""', "the kit has a mistake of this name"),
        (f"{PLACE}/a_b/c_d.py", "x = 1", "there is no mistake a_b"),
        ("notes.txt", "", "has no folders of exercises"),
    ],
)
def test_a_folder_that_cannot_be_used(kit, tmp_path, file, text, words):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    for done in (kit.kata("grade", "1.4", "--mistakes", tmp_path), kit.kata("grade", "1.4", KATA_MISTAKES=str(tmp_path))):
        assert done.returncode == 2 and words in plain(done.stderr)


# --- records ---


def test_a_record_tells_the_name_without_a_file(named, kit):
    """Nothing but data: what failed, and the words. It is used where everybody
    has the same inputs.
    """
    _, _, out, _ = named
    (record,) = (out / "taught").glob("*.json")
    assert record.name == f"1.4_{SLUG}.json" and "def " not in record.read_text() and "Anna" not in record.read_text()
    answer(kit, MAPPED)
    assert "known mistake" not in kit.kata("grade", "1.4").stdout
    assert kit.kata("taught").stdout.startswith("Nothing was taught yet.")
    added = kit.kata("taught", record)
    assert added.returncode == 0 and added.stdout.startswith(f"1.4 {SLUG}: Only the first number of the bias is set")
    told = kit.kata("grade", "1.4").stdout
    assert "kept" in told and TOLD in told and "full_like(bias, value)" in told
    assert kit.kata("taught").stdout == added.stdout
    other = json.loads(record.read_text()) | {"words": "\x1b[31m[bold]<b>Other\u202e words."}
    (out / "other.json").write_text(json.dumps(other))
    kit.kata("taught", out / "other.json")  # of the same name: in its place
    told = kit.kata("grade", "1.4").stdout
    assert "\ufffd[31m[bold]<b>Other\ufffd words." in told and "full_like" not in told and "\x1b" not in told
    shutil.rmtree(kit.path / ".kata" / "taught")
    assert "known mistake" not in kit.kata("grade", "1.4").stdout


def changed(record, **fields):
    return json.dumps(json.loads(record) | fields)


BAD = {
    "nothing": (lambda r: "", "is not a record of a mistake"),
    "no JSON": (lambda r: "{" * 100_000, "is not a record of a mistake"),
    "not UTF-8": (lambda r: b"\xff\xfe{}", "is not a record of a mistake"),
    "too large": (lambda r: changed(r, words="x" * (5 << 20)), "is larger than 4 MB"),
    "one field more": (lambda r: changed(r, run="import os"), "unknown field `run`"),
    "a slug with markup": (lambda r: changed(r, slug="<b>"), "at `$.slug`"),
    "a slug that leads elsewhere": (lambda r: changed(r, slug="../../x"), "at `$.slug`"),
    "a slug of two lines": (lambda r: changed(r, slug=f"{SLUG}\n"), "at `$.slug`"),
    "no words": (lambda r: changed(r, words=" \n"), "has no words"),
    "too many words": (lambda r: changed(r, words="x" * 4001), "at `$.words`"),
    "an exercise that is none": (lambda r: changed(r, exercise="1.99"), "there is no exercise 1.99"),
    "other checks": (lambda r: changed(r, checks_digest="0" * 64), "recorded with different checks of 1.4"),
    "nothing that fails": (lambda r: changed(r, checks={"test_sets": []}), "nothing fails in it"),
    "too many checks": (lambda r: changed(r, checks={f"test_{i}": [] for i in range(51)}), "at `$.checks`"),
    "a name of ours": (lambda r: changed(r, slug="shallow_copy"), "a different mistake of 1.4 has the name shallow_copy"),
    "too many values": (lambda r: r.replace('"values":[', '"values":[' + "0," * 257, 1), "Expected `array` of length <= 256"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_record_is_refused_with_a_sentence(named, kit, tmp_path, kind):
    """And where it lies among the others, no verdict suffers."""
    _, _, out, _ = named
    spoil, words = BAD[kind]
    folder = kit.path / ".kata" / "taught"
    shutil.rmtree(folder, ignore_errors=True)
    content = spoil((out / "taught" / f"1.4_{SLUG}.json").read_text())
    bad = tmp_path / f"1.4_{SLUG}.json"
    bad.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = kit.kata("taught", bad)
    assert (done.returncode, done.stderr) == (2, "") and words in done.stdout and "Traceback" not in done.stdout
    assert not folder.exists()
    folder.mkdir()
    shutil.copy(bad, folder)
    answer(kit, MAPPED)
    assert "1 of 6 checks" in (graded := kit.kata("grade", "1.4")).stdout and "known mistake" not in graded.stdout
    assert words in kit.kata("taught").stdout
    shutil.rmtree(folder)  # the kit stays for other tests


# --- in a checkout ---


def test_what_does_not_hold_leaves_nothing(graded, kit):
    """An answer that draws its own numbers does something else each time. It
    runs as confined as it was in the cohort. The words are asked for.
    """
    top, printed = graded
    folder = kit.path / "tests" / "mistakes" / PLACE
    before = sorted(folder.rglob("*"))
    command = ["-m", "flaxkata", "name", str(top / "out"), "1.4", "3", "--as", "drawn_anew"]
    asked = pexpect.spawn(sys.executable, command, cwd=str(kit.path), env=ENVIRONMENT, encoding="utf-8", timeout=120)
    asked.expect("What do you tell these people")
    asked.expect_exact("\x1b[?2004h")  # it reads keys now
    asked.send("It draws a number.\x1b\r")
    asked.expect(pexpect.EOF)
    asked.close()
    said = plain(asked.before)
    assert asked.exitstatus == 1 and "x It is not identified as itself." in said and "Nothing was written." in said
    assert "x These in the group would not be told it: finn." in said
    assert sorted(folder.rglob("*")) == before and not (top / "out" / "taught" / "1.4_drawn_anew.json").exists()
    assert not LEAK.exists() or "may only access" not in plain(printed)


def test_a_wording_of_a_known_mistake_in_a_checkout(wording, kit):
    """The file goes to ours, and `tests/ways/` has it, as the kit's tests want
    it.
    """
    done, _ = wording
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"tests/mistakes/{PLACE}/fill_method/fill_like.py is written." in plain(done.stdout)
    (exercise,) = catalog.select(kit.path, ["1.4"])
    known = ways.KnownWays(exercise)
    assert [v.name for v in exercise.variants if not known.of(v)] == []
    answer(kit, TYPO)
    assert "This is a known mistake: fill_method" in kit.kata("grade", "1.4").stdout
