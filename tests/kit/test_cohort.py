"""`kata cohort`: attacks end as not passed and hurt nobody, honest submissions
lose nothing, a run survives its end.
"""

import contextlib
import csv
import json
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from pathlib import Path

import conftest
import fresh
import layouts
import msgspec
import psutil
import pytest
import wordings

from flaxkata import catalog
from flaxkata.exercise import Exercise
from flaxkata.instructor import cohort

EXERCISES = {e.number: e for e in catalog.exercises(fresh.ROOT)}
FILES = "may only access"  # how the protection of files begins, where it is in force
RIGHT, OTHER = EXERCISES["1.1"], EXERCISES["1.4"]


def field(path: Path, name: str, otherwise: str = "") -> str:
    """A line of an attack's file: `# told: ...`."""
    found = re.search(rf"^# {name}: (.*)$", path.read_text(), re.MULTILINE)
    return found[1] if found else otherwise


# Those that take long come with KATA_EVERY=1.
ATTACKS = [p for p in sorted((Path(__file__).parent / "attacks").glob("*.py")) if wordings.EVERY or not field(p, "slow")]


def hand_in(folder: Path, learner: str, files: dict[Exercise, Path], below: str = "exercises") -> Path:
    """A learner's folder, with copies of `files`."""
    for exercise, path in files.items():
        place = folder / learner / below / exercise.file
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    return folder / learner


def rows(out: Path) -> dict[tuple[str, str], dict]:
    """The results, by learner and number."""
    found = cohort.load(out, list(EXERCISES.values()))
    return {(one.name, e.id): msgspec.to_builtins(e) for one in found.learners for e in one.exercises}


def stored(out: Path) -> dict[str, bytes]:
    """What is kept of each file, by key: with how long it took, so that a
    second grading would show.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"file:{out / 'results.sqlite'}?mode=ro", uri=True)) as database:
            return dict(database.execute("SELECT key, data FROM results"))
    except sqlite3.OperationalError:  # it was not made yet
        return {}


def told(row: dict) -> str:
    """All that is said of an exercise's failing checks."""
    return "\n".join(f for c in row["checks"] if c["outcome"] != "passed" for f in c["findings"])


def same(out: Path) -> dict:
    """What is stored of a run, without how long it took."""
    found = rows(out)
    for row in found.values():
        for check in row["checks"]:
            check["seconds"] = None
    return found


# --- attacks ---


def hand_in_attacks(folder: Path, attacks: list[Path]) -> None:
    """And what an honest learner has."""
    for path in attacks:
        hand_in(folder, path.stem, {RIGHT: RIGHT.solution, EXERCISES[field(path, "exercise", "1.4")]: path})
    hand_in(folder, "honest", {e: e.solution for e in (RIGHT, OTHER, EXERCISES["4.3"])})


def grade_attacks(top: Path, nobody: bool, limit: int = 6) -> subprocess.CompletedProcess:
    """`kata cohort` of the folder `class` into `out`; as a user without
    privileges, if `nobody`.
    """
    (top / "secret").write_text("0123456789abcdef\n")
    only = [a for e in ("1.1", "1.4", "4.3") for a in ("--only", e)]
    options = ["--out", top / "out", "--secret-file", top / "secret", *only, "--limit", limit, "--memory", 700]
    command = ["-m", "flaxkata", "cohort", top / "class", *options]
    environment = conftest.ENVIRONMENT | {"COLUMNS": "200", "SECRET_OF_MINE": "x"}
    python = [sys.executable]
    if nobody and os.geteuid() == 0:
        python, packages = as_nobody()
        environment["PYTHONPATH"] = f"{fresh.ROOT / 'src'}:{packages}"
        top.chmod(0o755)
        (top / "out").mkdir()
        for path in (top, *top.rglob("*")):
            os.chown(path, 65534, 65534, follow_symlinks=False)
    run = [*python, *map(str, command)]
    return subprocess.run(run, cwd=fresh.ROOT, env=environment, capture_output=True, text=True, timeout=900)


def as_nobody() -> tuple[list[str], str]:
    """The beginning of a command that runs Python without any privilege, and
    where its packages are. root's own Python may be out of its reach.
    """
    drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    packages = sysconfig.get_path("purelib")
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info[1]}"):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            program = "import sys; open(sys.argv[1]).close()"  # what lies in a home is found by nobody else
            subprocess.run([*drop, python, "-c", program, python], check=True, capture_output=True)
            return [*drop, python], packages
    pytest.skip("there is no Python here that a user without privileges can run")


@pytest.fixture(scope="session")
def attacked(tmp_path_factory):
    """A cohort of attackers and one honest learner: (folder, out, the finished
    command). `nox -s walls` has it run with older versions of Landlock
    (KATA_LANDLOCK) and without root's privileges (KATA_NOBODY).
    """
    top = Path(tempfile.mkdtemp(prefix="attacked"))
    hand_in_attacks(top / "class", ATTACKS)
    _settings_of_a_submission(top / "class")
    _links(top / "class")
    _zips(top / "class")
    layouts.hand_in_all(top / "class")
    hand_in(top / "class", os.fsdecode(b"L\xf6we"), {OTHER: OTHER.solution})
    shutil.copy(OTHER.solution, hand_in(top / "class", "misnamed", {RIGHT: RIGHT.solution}) / "bias of mine.py")
    run = grade_attacks(top, bool(os.environ.get("KATA_NOBODY")))
    assert run.returncode == 0, run.stdout + run.stderr
    yield top / "class", top / "out", run
    shutil.rmtree(top, ignore_errors=True)


def _settings_of_a_submission(folder):
    """Files that change what pytest, Python and imports do, beside a wrong
    answer.
    """
    root = hand_in(folder, "settings", {RIGHT: RIGHT.solution, OTHER: OTHER.stub})
    wrong = "def set_bias(variables, layer, value):\n    import numpy\n    return {**variables, 'params': numpy.PASS}\n"
    (root / "exercises" / OTHER.file).write_text(wrong)
    passing = "import os\nPASS = 1\ndef pytest_runtest_makereport(item, call): os._exit(0)\nos._exit(0)\n"
    for name in ("conftest.py", "numpy.py", "sitecustomize.py", "usercustomize.py", "torch.py", "flaxkata/__init__.py"):
        for place in (root, root / "exercises", root / "exercises" / OTHER.chapter):
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_text(passing)
    (root / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--collect-only'\n")


def _links(folder):
    """Symbolic links to our answers: a file, and a folder."""
    root = hand_in(folder, "link_to_a_file", {RIGHT: RIGHT.solution})
    (root / "exercises" / OTHER.file).symlink_to(OTHER.solution)
    root = hand_in(folder, "link_to_a_folder", {RIGHT: RIGHT.solution})
    (root / OTHER.chapter).symlink_to(OTHER.solution.parent)
    hand_in(folder.parent, "elsewhere", {OTHER: OTHER.solution})
    (folder / "link_itself").symlink_to(folder.parent / "elsewhere")


def _zips(folder):
    """A name that leads out, a file of 3 GB that is 3 MB in the zip, a link,
    and something that is no zip.
    """
    with zipfile.ZipFile(folder / "zip_leading_out.zip", "w") as archive:
        archive.write(RIGHT.solution, f"exercises/{RIGHT.file}")
        archive.write(OTHER.solution, f"../../exercises/{OTHER.file}")
    with zipfile.ZipFile(folder / "zip_bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(RIGHT.solution, f"exercises/{RIGHT.file}")
        with archive.open(f"exercises/{OTHER.file}", "w", force_zip64=True) as file:
            for _ in range(300):
                file.write(bytes(10_000_000))
    with zipfile.ZipFile(folder / "zip_with_a_link.zip", "w") as archive:
        archive.write(RIGHT.solution, f"exercises/{RIGHT.file}")
        link = zipfile.ZipInfo(f"exercises/{OTHER.file}")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, str(OTHER.solution))
    (folder / "no_zip.zip").write_bytes(b"PK\3\4 and so on")


HANDED_IN = {
    "settings": r"set_bias|could not be loaded",
    "link_to_a_file": "is a symbolic link to .*, which is not followed; it was not graded",
    "link_to_a_folder": "is a symbolic link to .*, which is not followed; it was not graded",
    "zip_leading_out": "a path that leads out of it; it was not graded",
    "zip_bomb": "is larger than 1 MB; it was not graded",
    "zip_with_a_link": "is a symbolic link in the zip, which is not followed; it was not graded",
}


@pytest.mark.parametrize("path", ATTACKS, ids=lambda p: p.stem)
def test_an_attack_does_not_pass(path, attacked):
    """It is not passed, for a reason that names what happened; the same
    learner's other exercise keeps its result.
    """
    does_not_pass(path, rows(attacked[1]))


def does_not_pass(path, found):
    row = found[path.stem, field(path, "exercise", "1.4")]
    if FILES not in str(row["protections"]) and re.search("Permission|found nothing|shared object", field(path, "told")):
        pytest.skip("this system does not confine the files of a process")
    assert row["state"] != "solved"
    assert re.search(field(path, "told"), told(row)), told(row)
    assert found[path.stem, "1.1"]["state"] == "solved"


# What Landlock itself does not see to before its third, fourth, and sixth version; and what root may do and others may not.
OLD = ("empties_results", "reads_neighbours", "signals_by_file", "kills_its_parent", "lowers_everybody", "writes_outside")


@pytest.mark.skipif(sys.platform != "linux", reason="it is Linux that confines them")
def test_with_the_first_landlock_and_without_privileges(monkeypatch):
    monkeypatch.setitem(conftest.ENVIRONMENT, "KATA_LANDLOCK", "1")
    attacks = [p for p in ATTACKS if p.stem in OLD]
    with tempfile.TemporaryDirectory() as folder:
        hand_in_attacks(Path(folder) / "class", attacks)
        run = grade_attacks(Path(folder), nobody=True, limit=60)
        assert run.returncode == 0, run.stdout + run.stderr
        found = rows(Path(folder) / "out")
    assert len(attacks) == len(OLD)
    for path in attacks:
        does_not_pass(path, found)
    assert {found["honest", n]["state"] for n in ("1.1", "1.4", "4.3")} == {"solved"}


@pytest.mark.parametrize("learner", HANDED_IN)
def test_what_is_handed_in_is_not_trusted(learner, attacked):
    found = rows(attacked[1])
    assert found[learner, "1.4"]["state"] in ("broken", "started")
    assert re.search(HANDED_IN[learner], told(found[learner, "1.4"])), told(found[learner, "1.4"])
    assert found[learner, "1.1"]["state"] == "solved"


def test_the_honest_keep_their_results(attacked):
    found = rows(attacked[1])
    assert {found["honest", n]["state"] for n in ("1.1", "1.4", "4.3")} == {"solved"}


def test_the_honest_get_what_they_get_alone(attacked, kata, tmp_path):
    """Under the same secret; `nox -s hostile` compares a hundred of them."""
    hand_in(tmp_path / "class", "honest", {RIGHT: RIGHT.solution, OTHER: OTHER.solution})
    options = ["--out", tmp_path / "out", "--secret-file", attacked[0].parent / "secret", *ONLY, "--workers", 1]
    assert kata("cohort", tmp_path / "class", *options).returncode == 0
    alone, beside = same(tmp_path / "out"), same(attacked[1])
    assert len(alone) == 2 and alone == {one: beside[one] for one in alone}


def test_what_is_told_of_attacks_is_short(attacked):
    """Whatever an answer puts into names, messages and prints: 100 kB of each
    is kept, and 2 MB for an export of everybody's.
    """
    assert max(map(len, stored(attacked[1]).values())) < 100_000
    assert max(p.stat().st_size for p in attacked[1].rglob("*") if p.suffix in (".html", ".json", ".xml")) < 2_000_000


def test_what_was_ignored_is_listed(attacked):
    about = json.loads((attacked[1] / "cohort.json").read_text())
    learners = {one["name"]: one for one in about["learners"]}
    assert {"conftest.py", "pytest.ini", "exercises/numpy.py"} <= set(learners["settings"]["ignored"])
    assert "link_itself" in about["other"] and "link_itself" not in learners
    assert "no_zip.zip cannot be read" in told(rows(attacked[1])["no_zip", "1.4"])
    assert "link_itself" in attacked[2].stdout


@pytest.mark.parametrize("learner", [*layouts.LAYOUTS, "L\N{REPLACEMENT CHARACTER}we"])
def test_however_it_is_handed_in(learner, attacked):
    """Also in other encodings, and with a name that is no text."""
    assert rows(attacked[1])[learner, "1.4"]["state"] == "solved"


@pytest.mark.parametrize("learner", layouts.REFUSED)
def test_what_cannot_be_read_is_told(learner, attacked):
    assert layouts.REFUSED[learner][2] in told(rows(attacked[1])[learner, "1.4"])


def test_what_was_not_recognized_is_seen_first(attacked):
    """Above the grades, beside them, and on the page."""
    _, out, run = attacked
    before, _, after = run.stdout.partition("\nlearner ")
    assert "Not recognized, so not graded" in before and "Name files as in exercises/" in before
    assert re.search(r"misnamed +bias of mine\.py", before), before
    assert re.search(r"seven +seven\.7z is a 7z archive, which is not read: send a zip", before)
    assert "honest" not in before and "handed in files that were not recognized: see the top." in after
    with open(out / "grades.csv", encoding="utf-8-sig", newline="") as file:
        column = {row["learner"]: row["not recognized"] for row in csv.DictReader(file)}
    assert column["misnamed"] == "bias of mine.py" and column["honest"] == ""
    page = (out / "cohort.html").read_text("utf-8")
    assert page.index("Not recognized, so not graded") < page.index("bias of mine.py") < page.index("Who is where")
    assert "since the other is the stub." in page


def test_nothing_is_left_behind(attacked):
    """No file outside, no process, no scratch folder."""
    folder, out, _ = attacked
    assert {p.name for p in folder.parent.iterdir()} == {"class", "out", "elsewhere", "secret"}
    assert {p.name for p in out.iterdir()} - {"fingerprints"} == {
        ".lock", "cohort.json", "results.sqlite",
        "cohort.html", "grades.csv", "unnamed.csv", "gradescope", "classroom", "ctrf.json", "junit.xml",
    }  # fmt: skip
    assert stat.S_IMODE((out / "cohort.json").stat().st_mode) == 0o600
    lines = [" ".join(p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"])]
    assert not [line for line in lines if "987.654" in line or str(out) in line]


def test_the_report_says_what_confined_them(attacked):
    words = "Each learner's code:"
    assert words in attacked[2].stdout
    if sys.platform == "linux":
        assert "dump core" in attacked[2].stdout
        assert "was refused memfd_create: memfd_bomb 1.4" in attacked[2].stdout
        assert re.search(r"<code>inotify_init1</code>: watches_neighbours 1\.4", (attacked[1] / "cohort.html").read_text())


@pytest.mark.parametrize("name", ["search_for_answers", "torch_by_finder", "torch_by_path"])
def test_the_walls_are_what_stops_them(name, judge):
    """In plain `kata grade`, which trusts its learner, these get what they look
    for.
    """
    path = Path(__file__).parent / "attacks" / f"{name}.py"
    number = field(path, "exercise", "1.4")
    (found,) = judge.ask("grade", number, "--submission", str(path))["report"]["exercises"]
    passed = [c["name"] for c in found["checks"] if c["outcome"] == "passed"]
    assert len(passed) >= len(found["checks"]) - 2, found


def test_whether_it_raises_is_not_asked_over_there(judge, tmp_path):
    """No check of a refusal is passed by a process that answers true to
    whatever can be.
    """
    exercise = EXERCISES["10.3"]
    refusal = re.compile(r"^ +if time > self.context:\n +raise .*\n", re.MULTILINE)
    text, count = refusal.subn("", exercise.solution.read_text())
    assert count == 1
    yes = """
import gc
def do_fetch(self, question, payload):
    return self.objects[question["id"]] is False or self.objects[question["id"]]
for thing in gc.get_objects():
    if type(thing).__name__ == "Interpreter":
        type(thing).do_fetch = do_fetch
"""
    (tmp_path / "answer.py").write_text(text + yes)
    (found,) = judge.ask("grade", "10.3", "--submission", str(tmp_path / "answer.py"))["report"]["exercises"]
    assert [c["name"] for c in found["checks"] if c["outcome"] != "passed"] == ["test_too_long"]


def test_a_process_that_was_left_behind_is_ended(judge):
    """Also where nothing confines the learner's code."""
    judge.ask("grade", "1.4", "--submission", str(Path(__file__).parent / "attacks" / "process_that_stays.py"))
    deadline = time.monotonic() + 5
    while found := [p for p in psutil.process_iter(["cmdline"]) if "987.654" in str(p.info["cmdline"])]:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


# --- inputs ---


def tried(out: Path) -> int:
    """How many checks of known mistakes were run on a cohort's inputs."""
    entries = [e for p in (out / "fingerprints").glob("*.json") for e in json.loads(p.read_text()).values()]
    return sum(len(e["checks"]) for e in entries)


def test_inputs_are_of_this_run_alone(kata, clone, tmp_path):
    """Another folder, another secret, other inputs; the same folder, the same,
    also after --regrade.

    In which ways mistakes fail is written down, so that few of them are run.
    """
    mistake = next(m for m in RIGHT.mistakes if m.stem == "softmax_added")
    hand_in(tmp_path / "class", "anna", {RIGHT: mistake})

    def run(out, *more):
        assert kata("cohort", tmp_path / "class", "--out", tmp_path / out, "--only", "1.1", *more, cwd=clone).returncode == 0

    run("one")
    run("two")
    first, second = (told(rows(tmp_path / out)["anna", "1.1"]) for out in ("one", "two"))
    assert "differs from PyTorch" in first and first != second
    checks = len(rows(tmp_path / "one")["anna", "1.1"]["checks"])
    assert 0 < tried(tmp_path / "one") < checks * len(RIGHT.variants) / 2
    first_kept = stored(tmp_path / "one")
    run("one", "--regrade")
    assert told(rows(tmp_path / "one")["anna", "1.1"]) == first
    assert first_kept and stored(tmp_path / "one") != first_kept


# --- a run that ends, and goes on ---


@pytest.fixture
def small(tmp_path):
    """Four learners, two exercises, in a folder, a zip with one folder around
    all, and without `exercises/`.
    """
    mistakes = OTHER.mistakes
    hand_in(tmp_path / "class", "anna", {RIGHT: RIGHT.solution, OTHER: OTHER.solution})
    hand_in(tmp_path / "class", "bob", {RIGHT: RIGHT.mistakes[0], OTHER: mistakes[0]}, below="")
    hand_in(tmp_path / "class", "=chen", {OTHER: mistakes[1], RIGHT: RIGHT.stub})
    with zipfile.ZipFile(tmp_path / "class" / "dora.zip", "w") as archive:
        archive.write(mistakes[0], f"kit-main/exercises/{OTHER.file}")
    (tmp_path / "class" / "roster.csv").write_text("anna,bob\n")
    return tmp_path / "class"


ONLY = ("--only", "1.1", "--only", "1.4")


def command(folder: Path, out: Path) -> list[str]:
    """With one judge: another would import PyTorch and JAX for three files."""
    return [sys.executable, "-m", "flaxkata", "cohort", str(folder), "--out", str(out), *ONLY, "--workers", "1"]


def wait_for_results(run: subprocess.Popen, out: Path, count: int) -> None:
    """Until so many results are there, or the run has ended."""
    while run.poll() is None and len(stored(out)) < count:
        time.sleep(0.01)


def test_goes_on_where_it_was_killed(kata, small, tmp_path):
    """`kill -9` at three moments, one of them in the middle of a line: the same
    results as an undisturbed run.
    """
    out = tmp_path / "out"
    undisturbed = kata(*command(small, tmp_path / "whole")[3:])
    assert undisturbed.returncode == 0, undisturbed.stderr
    (out).mkdir()
    shutil.copy(tmp_path / "whole" / "cohort.json", out)  # the same secret
    for count in (1, 3):
        run = subprocess.Popen(command(small, out), env=conftest.ENVIRONMENT, stdout=subprocess.DEVNULL, start_new_session=True)
        wait_for_results(run, out, count)
        run.send_signal(signal.SIGKILL)
        run.wait()
        kept = stored(out)
    assert kata(*command(small, out)[3:]).returncode == 0
    assert kept.items() <= stored(out).items()  # nothing finished was graded twice
    assert same(out) == same(tmp_path / "whole")


def read(out: Path, name: str) -> str:
    return (out / name).read_text("utf-8")


def test_grades_again_only_what_changed(kata, small, tmp_path):
    """Also after a run whose judges ended at their start: what they could not
    grade is marked so, in everybody's exports.
    """
    out = tmp_path / "out"
    first = kata(*command(small, out)[3:])
    assert first.returncode == 0 and "not graded" not in first.stdout + read(out, "grades.csv")
    kept, known = stored(out), same(out)
    (small / "bob" / OTHER.file).write_text(OTHER.solution.read_text() + "# again\n")
    run = kata(*command(small, out)[3:], PYTHONPATH=_ending_judges(tmp_path / "site"))
    assert run.returncode == 2 and stored(out) == kept
    assert "The grader itself failed on what is marked as not graded: bob 1.4. Run the same command to try again." in run.stderr
    assert {key for key, row in same(out).items() if row != known[key]} == {("bob", "1.4")}
    _marks_what_is_missing(run.stdout, out)
    again = kata(*command(small, out)[3:])
    assert again.returncode == 0 and rows(out)["bob", "1.4"]["state"] == "solved"
    assert kept.items() <= stored(out).items()
    _keeps_the_rest(kata, small, out)
    _names_files(kata, small, out)


def _ending_judges(site):
    """A PYTHONPATH with which each judge ends before it has begun."""
    site.mkdir()
    (site / "sitecustomize.py").write_text("import os, sys\nif 'flaxkata.judge.server' in sys.orig_argv:\n    os._exit(1)\n")
    return f"{site}{os.pathsep}{conftest.ENVIRONMENT.get('PYTHONPATH', '')}"


def _marks_what_is_missing(output, out):
    """In every output."""
    assert re.search(r"bob .*1\.4 not graded", output)
    assert "not graded" in next(line for line in read(out, "grades.csv").splitlines() if line.startswith("bob,"))
    page = read(out, "cohort.html")
    assert 'title="bob, 1.4 set_bias: not graded">?' in page and "1.4 set_bias: not graded" in page
    assert "This is not graded, through no fault of the answer&#39;s" in page
    assert "Not graded: 1.4." in read(out, "gradescope/bob.json") and "This is not graded" in read(out, "classroom/bob.json")
    tests = json.loads(read(out, "ctrf.json"))["results"]["tests"]
    assert {t["status"] for t in tests if t["rawStatus"] == "ungraded"} == {"other"}
    assert 'type="ungraded"' in read(out, "junit.xml")


def _keeps_the_rest(kata, small, out):
    """With --only, what is known of the other exercises stays, in the exports
    too.
    """
    before = same(out), read(out, "grades.csv")
    assert kata("cohort", small, "--out", out, "--only", "1.1").returncode == 0
    assert (same(out), read(out, "grades.csv")) == before


STRANGE = ["Anna", "ANNA", "a b", "a.b", "-rf", "con", "ж" * 41, "ж" * 40, "x" * 200, "x" * 201, b"\xff\xfe", "~"]


def _names_files(kata, small, out):
    """Whatever learners are called, each has a file, whose name any file system
    takes, the same in every run; those of a learner who is gone are removed.
    Nothing is graded twice.
    """
    kept = stored(out)
    for name in STRANGE:
        shutil.copytree(os.fsencode(small / "anna"), os.fsencode(small) + b"/" + os.fsencode(name))
    shutil.rmtree(small / "=chen")
    before = {p.name for p in (out / "gradescope").iterdir()}
    assert kata("cohort", small, "--out", out, *ONLY).returncode == 0 and stored(out) == kept
    for folder in ("gradescope", "classroom"):
        found = {p.name for p in (out / folder).iterdir()}
        assert len({name.casefold() for name in found}) == len(found) == len(STRANGE) + 3
        assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_~-]{0,60}\.json", name) for name in found), found
        assert {"anna.json", "bob.json", "dora.json"} == before & found and "con.json" not in found
    assert read(out, "grades.csv").count("12,12,2,") == len(STRANGE) + 1


def test_a_full_disk_stops_it_and_loses_nothing(kata, small, tmp_path):
    """A limit on the size of files stands for the disk: what is written after
    it does not fit.
    """
    out = tmp_path / "out"
    limited = ["bash", "-c", 'ulimit -f 4; exec "$@"', "bash", *command(small, out)]
    stopped = subprocess.run(limited, env=conftest.ENVIRONMENT, capture_output=True, text=True, timeout=120)
    assert stopped.returncode == 2
    assert "results could not be written" in stopped.stderr and "to resume" in stopped.stderr
    done = stored(out)
    assert kata(*command(small, out)[3:]).returncode == 0
    assert done.items() <= stored(out).items()
    assert len(rows(out)) == 8


def test_one_run_at_a_time(kata, small, tmp_path):
    out = tmp_path / "out"
    first = subprocess.Popen(command(small, out), env=conftest.ENVIRONMENT, stdout=subprocess.DEVNULL)
    while not (out / "cohort.json").exists():
        time.sleep(0.01)
    second = kata(*command(small, out)[3:])
    assert second.returncode == 2 and "Another `kata cohort` is at work in" in second.stderr
    assert first.wait(60) == 0


def test_a_judge_that_is_killed_is_replaced(small, tmp_path):
    """The exercise in hand is graded again, by another."""
    out = tmp_path / "out"
    two = [*command(small, out), "--workers", "2"]  # the same one, killed twice, is not started again
    run = subprocess.Popen(two, env=conftest.ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    killed = 0
    while run.poll() is None and killed < 2:
        for judge in psutil.Process(run.pid).children():
            with contextlib.suppress(psutil.Error):  # it may have ended
                if "flaxkata.judge.server" in str(judge.cmdline()) and time.time() - judge.create_time() > 1.5:
                    judge.kill()
                    killed += 1
        time.sleep(0.02)
    assert run.wait(120) == 0, run.stderr.read()
    assert killed and len(rows(out)) == 8


def test_ctrl_c_keeps_what_is_graded(small, tmp_path):
    out = tmp_path / "out"
    run = subprocess.Popen(command(small, out), env=conftest.ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    wait_for_results(run, out, 1)
    run.send_signal(signal.SIGINT)
    assert run.wait(30) == 2 and "What is graded is kept" in run.stderr.read()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "There is no folder nowhere"),
        (["{empty}"], "has no submissions"),
        (["{class}", "--out", "{class}/out"], "is among the submissions"),
        (["{class}", "--only", "9.99"], "No exercise or chapter is called '9.99'"),
    ],
)
def test_usage(arguments, words, kata, small, tmp_path):
    (tmp_path / "empty").mkdir()
    run = kata("cohort", *(a.format(empty=tmp_path / "empty", **{"class": small}) for a in arguments))
    assert run.returncode == 2 and words in run.stderr


def test_a_secret_file_that_is_empty(kata, small, tmp_path):
    (tmp_path / "secret").write_text("\n")
    for name in ("secret", "nowhere"):
        run = kata("cohort", small, "--secret-file", tmp_path / name)
        assert run.returncode == 2 and "write a long random line into that file" in run.stderr


def test_the_table(kata, small, tmp_path):
    run = kata(*command(small, tmp_path / "out")[3:])
    lines = [line.split() for line in run.stdout.splitlines()]
    assert ["learner", "ch01", "points"] in lines and ["anna", "2/2", "12/12"] in lines
    assert ["2", "1.4", OTHER.mistakes[0].stem, "bob,", "dora"] in lines
    assert "No submissions: roster.csv" in run.stdout


def test_what_may_be_in_the_environment_stays_there(kata, tmp_path):
    """An instructor's settings and tokens are not the learners' to read, nor
    pytest's to obey.
    """
    source = OTHER.solution.read_text().replace("# --- JAX ---", "# --- JAX ---\nimport os\n")
    spy = "\n\ndef set_bias(variables, layer, value):\n    raise RuntimeError(sorted(os.environ), os.environ['XLA_FLAGS'])\n"
    hand_in(tmp_path / "class", "anna", {OTHER: OTHER.solution})
    (tmp_path / "class" / "anna" / "exercises" / OTHER.file).write_text(source + spy)
    options = {"TOKEN_OF_MINE": "1234", "PYTEST_ADDOPTS": "--collect-only", "XLA_FLAGS": "--nonsense", "JAX_ENABLE_X64": "1"}
    run = kata("cohort", tmp_path / "class", "--out", tmp_path / "out", "--only", "1.4", **options)
    assert run.returncode == 0, run.stderr
    words = told(rows(tmp_path / "out")["anna", "1.4"])
    assert "RuntimeError: (['" in words and "OMP_NUM_THREADS" in words
    assert "--nonsense" not in words and not [name for name in options if name != "XLA_FLAGS" and name in words], words
