"""What `kata cohort` writes for other tools, read by other people's readers,
and the page in a real browser.
"""

import base64
import csv
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import fresh
import jsonschema
import junitparser
import pytest
import yaml
from conftest import ENVIRONMENT
from playwright.sync_api import sync_playwright
from rich.console import Console
from test_cohort import EXERCISES, hand_in, rows

from flaxkata.cohort_report import Cohort, Learner, Outline
from flaxkata.render import classroom, grades, page
from flaxkata.render import cohort as table
from flaxkata.report import Check, Exercise, Mistake, Outcome, State

NASTY = "=cmd|' /C calc'!A0 <script>alert(1)</script>"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
RAISING = '"""x"""\n\n\ndef set_bias(variables, layer, value):\n    raise ValueError("\\x1b[31m<b>\\x00 & \\u202e")\n'
# Gradescope's fields, from its autograder specification (/specs/).
TOP = set(["score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility"])
TOP |= {"stdout_visibility", "extra_data", "tests", "leaderboard"}
TEST = set(
    [
        "score",
        "max_score",
        "status",
        "name",
        "name_format",
        "number",
        "output",
        "output_format",
        "tags",
        "visibility",
        "extra_data",
    ]
)
FORMATS, VISIBLE = {"text", "html", "simple_format", "md", "ansi"}, {"hidden", "after_due_date", "after_published", "visible"}


@pytest.fixture(scope="module")
def out(kata, tmp_path_factory):
    """Five learners: right, a known mistake, one who raises strange text, an
    empty folder, and a name that is a formula.
    """
    top = tmp_path_factory.mktemp("exports")
    e = [EXERCISES[n] for n in ("1.1", "1.4")]
    hand_in(top / "class", "anna", {x: x.solution for x in e})
    mistake = next(m for m in e[1].mistakes if m.stem == "copy_copy" or "copy" in m.stem)
    hand_in(top / "class", "bob", {e[0]: e[0].solution, e[1]: mistake})
    chen = hand_in(top / "class", "chen & söhne", {e[0]: e[0].stub, e[1]: e[1].stub})
    (chen / "exercises" / e[1].file).write_text(RAISING)
    hand_in(top / "class", NASTY.replace("/", "_"), {e[0]: e[0].mistakes[0]})
    (top / "class" / "empty").mkdir()
    (top / "class" / "empty" / "notes.txt").write_text("")
    run = kata("cohort", top / "class", "--out", top / "out", "--only", "1.1", "--only", "1.4")
    assert run.returncode == 0, run.stderr
    return top / "out"


def checks(out: Path, learner: str | None = None) -> list[dict]:
    return [c for (name, _), row in rows(out).items() if learner in (None, name) for c in row["checks"]]


def points(found: list[dict]) -> int:
    return sum(c["points"] for c in found if c["outcome"] == "passed")


def test_csv(out):
    with (out / "grades.csv").open(newline="", encoding="utf-8-sig") as file:
        table = {row["learner"]: row for row in csv.DictReader(file)}
    assert (out / "grades.csv").read_bytes().startswith(b"\xef\xbb\xbflearner,")  # by which Excel knows UTF-8
    assert set(table) == {"anna", "bob", "chen & söhne", "empty", "'" + NASTY.replace("/", "_")}
    assert table["anna"]["score"] == table["anna"]["max_score"] == str(points(checks(out, "anna")))
    assert int(table["bob"]["1.1 define_mlp"]) + int(table["bob"]["1.4 set_bias"]) == int(table["bob"]["score"])
    assert table["bob"]["mistakes"].startswith("1.4 ")


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1", "\n@a", "\N{FULLWIDTH EQUALS SIGN}1+1"]
)
def test_no_name_is_a_formula(name):
    """Nor what spreadsheets take for one once they have dropped what stands
    before it.
    """
    (row,) = list(csv.DictReader(io.StringIO(grades.table(Cohort("class", [], [Learner(name, name, [])]))[1:])))
    assert row["learner"][0] in "'\N{REPLACEMENT CHARACTER}" and row["learner"][1:] == name.strip().replace("\r", "")


def test_whose_code_was_confined_otherwise():
    """Where machines that graded confine differently, each result says how, and
    the few are named; otherwise nobody is.
    """
    e, walls = EXERCISES["1.1"], ["may not use the network", "may only read"]
    outline = Outline(e.number, e.slug, e.title, e.chapter, e.file)

    def shown(*each):
        row = Exercise(e.number, e.slug, e.title, State.SOLVED, device="cpu")
        learners = [Learner(f"learner{n}", "", [], [replace(row, protections=one)]) for n, one in enumerate(each)]
        console, made = Console(file=io.StringIO(), width=200), Cohort("class", [outline], learners)
        console.print(table.summary(made, "", "kata name out"))
        return console.file.getvalue(), page.html(made)

    screen, html = shown(walls, walls[::-1])
    assert "Each learner's code:\n  may not use the network\n  may only read\n" in screen
    assert "In force around the learners&#39; code:" in html and "Graded where" not in html
    screen, html = shown(walls, walls, walls[:1], [])
    assert "The code of 2 results, graded where most were:\n  may not use the network\n  may only read\n" in screen
    assert "The code of learner2 1.1:\n  may not use the network\nThe code of learner3 1.1:\n  runs in a process of" in screen
    assert "In force around the code of 2 results:" in html and "In force around the code of learner2 1.1:" in html
    assert "The system confined the code of learner3 1.1 in no further way." in html
    assert html.count("Graded where code may not use the network; may only read.") == 2
    assert "Graded where code was confined in no further way." in html


def test_ctrf(out):
    """Against the schema that ctrf-io publishes in its npm package, version
    0.3.0.
    """
    report = json.loads((out / "ctrf.json").read_text())
    schema = json.loads((fresh.ROOT / "tests/kit/ctrf-schema.json").read_text())
    jsonschema.validate(report, schema, format_checker=jsonschema.FormatChecker())
    summary, every = report["results"]["summary"], checks(out)
    assert summary["tests"] == len(every) == sum(summary[k] for k in ("passed", "failed", "skipped", "pending", "other"))
    assert summary["passed"] == sum(c["outcome"] == "passed" for c in every)
    assert summary["pending"] == sum(c["outcome"] == "todo" for c in every)
    assert summary["extra"]["kata"]["score"] == points(every)


def test_junit(out):
    report = junitparser.JUnitXml.fromfile(str(out / "junit.xml"))
    totals = [report.tests, report.failures, report.errors, report.skipped]
    for suite in report:
        said = [suite.tests, suite.failures, suite.errors, suite.skipped]
        suite.update_statistics()
        assert said == [suite.tests, suite.failures, suite.errors, suite.skipped], suite.name
    report.update_statistics()
    assert totals == [report.tests, report.failures, report.errors, report.skipped]
    every = [c["outcome"] for c in checks(out)]
    failed = every.count("failed"), len(every) - every.count("failed") - every.count("passed") - every.count("todo")
    assert totals == [len(every), *failed, every.count("todo")]


def test_gradescope(out):
    """The fields of its specification and no others; the points of the tests
    add up.
    """
    assert len(list((out / "gradescope").iterdir())) == 5
    for learner in ("anna", "bob", "chen & söhne", "empty"):
        (file,) = [p for p in (out / "gradescope").iterdir() if p.name.startswith(learner[:4])]
        data = json.loads(file.read_text())
        assert set(data) <= TOP and data["visibility"] in VISIBLE and data["stdout_visibility"] in VISIBLE
        assert type(data["execution_time"]) is float and {data[f"{n}_format"] for n in ("output", "test_output")} <= FORMATS
        for test in data["tests"]:
            assert set(test) <= TEST and test["status"] in ("passed", "failed") and isinstance(test["number"], str)
            assert all(isinstance(t, str) for t in test["tags"]) and 0 <= test["score"] <= test["max_score"]
        assert sum(t["score"] for t in data["tests"]) == points(checks(out, learner))
    told = json.loads((out / "gradescope" / "bob.json").read_text())["tests"]
    assert any("This is a known mistake: " in t["output"] for t in told)


def test_classroom(out):
    """What its reporter reads: a list of tests in any case, each of one
    point.
    """
    for file in (out / "classroom").iterdir():
        data = json.loads(file.read_text())
        assert data["version"] == 3 and data["status"] in ("pass", "fail", "error")
        assert len(data["tests"]) == data["max_score"] and {t["max_score"] for t in data["tests"]} == {1}
        assert all(t["score"] == (t["status"] == "pass") and t["status"] in ("pass", "fail", "error") for t in data["tests"])
    anna = json.loads((out / "classroom" / "anna.json").read_text())
    assert anna["status"] == "pass" and sum(t["score"] for t in anna["tests"]) == anna["max_score"]


# --- other people's readers, which run in Node ---

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no node on the path")


def read(reader: str, *arguments: object, **environment: str) -> dict:
    """What a reader shows."""
    command = [NODE, fresh.ROOT / "tests/kit/readers" / reader, *arguments]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@needs_node
def test_the_reporter_of_classroom(out):
    """The table, which counts rows, says what the notice says; every row has
    its line, and each name leads to the check.
    """
    for file in (out / "classroom").iterdir():
        shown = read("classroom.js", KATA_RESULTS=base64.b64encode(file.read_bytes()).decode())
        assert round(shown["table"], 9) == shown["notice"] and shown["most"] == len(shown["shown"])
        assert not any("null" in row or row.endswith(" - line 0") for row in shown["shown"])
    bob = read("classroom.js", KATA_RESULTS=base64.b64encode((out / "classroom" / "bob.json").read_bytes()).decode())
    assert bob["notice"] == points(checks(out, "bob")) < bob["most"]
    name, _, line = next(row for row in bob["shown"] if row.startswith("❌ 1.4")).rpartition(" - line ")
    called = name.rpartition("(")[2].partition(",")[0].rstrip(")")
    lines = EXERCISES["1.4"].tests.read_text().splitlines()
    assert f"def {called}(" in " ".join(lines[int(line) - 1 : int(line) + 3])
    raised = read("classroom.js", KATA_RESULTS=base64.b64encode(next((out / "classroom").glob("chen*")).read_bytes()).decode())
    assert any(row.startswith("Error: 1.4 set_bias: ") and "raised ValueError" in row for row in raised["shown"])


@needs_node
def test_classroom_takes_whatever_is_wrong():
    """More than the whole kit, all of it wrong in the longest words: in an
    environment variable, which this system limits.
    """
    found, sentence, exercises = "\N{PILE OF POO}" * 1_000_000, "The sentence of a check. " * 40, list(EXERCISES.values())
    graded = [
        Exercise(e.number, e.slug, e.title, State.STARTED, [], [Check(f"test_{n}", sentence, 2, outcome, [found], line=n)] * 4)
        for n, e in enumerate(exercises)
        for outcome in [list(Outcome)[n % 6]]
    ]
    text = classroom.text(Learner("anna", "anna", [], graded))
    encoded = base64.b64encode(text.encode()).decode()
    assert len(encoded) < 100_000  # of 131,071
    shown = read("classroom.js", KATA_RESULTS=encoded)
    assert shown["table"] == shown["notice"] and shown["most"] == 8 * len(exercises)
    assert "..." in shown["shown"][-1]


@needs_node
def test_the_reporter_of_ctrf(out):
    """Every row says whose it is, though it shows the name alone."""
    shown = read("ctrf.js", out / "ctrf.json")
    names = json.loads((out / "ctrf.json").read_text())["results"]["tests"]
    assert len(shown["table"]) == len(names) == len(set(shown["table"]))
    assert {row.removeprefix("| ").partition(": ")[0] for row in shown["table"]} >= {
        "anna",
        "bob",
        "chen &#x26; söhne",
        "empty",
    }
    assert all(name.partition(": ")[2].startswith("1.") for name in shown["failed"])


def test_outputs_are_functions_of_the_results(out, kata):
    """The same command again grades nothing and writes the same files."""
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    run = kata("cohort", out.parent / "class", "--out", out, "--only", "1.1", "--only", "1.4")
    assert run.returncode == 0
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


# --- what course systems run ---


def run_script(script: list[str] | str, cwd: Path, **environment: str) -> subprocess.CompletedProcess:
    command = script if isinstance(script, list) else ["bash", "-euo", "pipefail", "-c", script]
    env = ENVIRONMENT | environment
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)


def program(folder: Path) -> None:
    """A `kata` as an installation puts it into `folder`/bin."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "kata").write_text(f'#!/bin/sh\nexec {sys.executable} -m flaxkata "$@"\n')
    (folder / "bin" / "kata").chmod(0o755)


def test_the_autograder_of_gradescope(kata, tmp_path):
    """Written, unpacked where Gradescope unpacks it, run on a submission with a
    forged results file. Known mistakes were run when the image was built, here
    those of one exercise, and not again.
    """
    run = kata("gradescope", "--out", tmp_path / "autograder")
    assert run.returncode == 0 and "autograder.zip" in run.stdout and "1.5 GB" in run.stdout
    place = tmp_path / "gradescope"
    shutil.unpack_archive(tmp_path / "autograder.zip", place / "source")
    (place / "results").mkdir()
    program(place / "kata")
    one, other = EXERCISES["1.1"], EXERCISES["1.3"]
    hand_in(place, "submission", {one: one.solution, other: other.mistakes[0]}, below="")
    built = (place / "source" / "setup.sh").read_text().partition("-c '\n")[2].partition("' . ")[0]
    only = "import pathlib; from flaxkata import catalog; some = catalog.select(pathlib.Path.cwd(), ['1.3'])"
    program_text = f"{only}\ncatalog.exercises = lambda root: some\n{built}"
    run = run_script([sys.executable, "-c", program_text, ".", str(place / "known")], fresh.ROOT)
    assert run.returncode == 0, run.stderr
    (place / "submission" / "results.json").write_text('{"score": 100}')
    script = place / "source" / "run_autograder"
    assert os.access(tmp_path / "autograder" / "run_autograder", os.X_OK)
    (place / "tmp").mkdir()
    places = {"AUTOGRADER": str(place), "TMPDIR": str(place / "tmp"), "PYTHONPATH": str(place / "source" / "kit" / "src")}
    run = run_script(["bash", str(script)], place, **places)
    assert run.returncode == 0, run.stdout + run.stderr
    (graded,) = (place / "tmp").glob("*/graded")
    secrets = {json.loads((folder / "cohort.json").read_text())["secret"] for folder in (graded, place / "known")}
    assert len(secrets) == 1
    (known,) = (place / "known" / "fingerprints").glob("*.json")
    assert (graded / "fingerprints" / known.name).read_bytes() == known.read_bytes()
    data = json.loads((place / "results" / "results.json").read_text())
    right = [t for t in data["tests"] if t["status"] == "passed"]
    assert {t["number"].rpartition(".")[0] for t in right} >= {"1.1"} and "score" not in data
    told = [t["output"] for t in data["tests"] if t["number"].startswith("1.3.")]
    assert any(f"This is a known mistake: {other.mistakes[0].stem}" in words for words in told)
    assert run_script(["bash", "-n", str(place / "source" / "setup.sh")], place).returncode == 0
    again = kata("gradescope", "--out", tmp_path / "autograder")
    assert again.returncode == 2 and "is there already" in again.stderr


def test_the_workflow_of_classroom(kata, tmp_path):
    """It names an action of the kit's repository, under the names that
    Classroom looks for, and has nothing that a learner could change or take:
    the steps are there, and no secret is.

    The action's own script is run, in the folders that its steps make, and what
    it puts out is what the reporter reads.
    """
    file = tmp_path / "classroom.yml"
    run = kata("classroom", "--kit", "someone/flaxkata@v1", "--out", file)
    assert run.returncode == 0 and "protected file paths" in run.stdout
    workflow, action = (yaml.safe_load(p.read_text()) for p in (file, fresh.ROOT / "action.yml"))
    assert workflow["name"] == "Autograding Tests" and workflow["permissions"] == {"contents": "read"}
    assert list(workflow["jobs"]) == ["run-autograding-tests"]
    assert workflow["jobs"]["run-autograding-tests"]["steps"] == [{"uses": "someone/flaxkata@v1"}]
    assert not any(word in file.read_text() + (fresh.ROOT / "action.yml").read_text() for word in ("secrets.", "github.token"))
    steps = {s.get("id") or s.get("name") or s["uses"].partition("@")[0]: s for s in action["runs"]["steps"]}
    assert steps["actions/checkout"]["with"] == {"path": "cohort/submission", "persist-credentials": False}
    reporter = next(s for name, s in steps.items() if "reporter" in name)
    assert reporter["env"] == {"KATA_RESULTS": "${{ steps.kata.outputs.result }}"} and reporter["with"] == {"runners": "kata"}
    program(tmp_path / "env")
    hand_in(tmp_path / "cohort", "submission", {EXERCISES["1.1"]: EXERCISES["1.1"].solution})
    places = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_ACTION_PATH": str(fresh.ROOT)}
    run = run_script(steps["kata"]["run"], tmp_path, **places)
    assert run.returncode == 0, run.stderr
    name, _, text = (tmp_path / "output").read_text().strip().partition("=")
    data = json.loads(base64.b64decode(text))
    assert name == "result" and data["status"] == "fail" and {t["status"] for t in data["tests"]} >= {"pass", "fail"}
    again = kata("classroom", "--kit", "someone/flaxkata", "--out", file)
    assert again.returncode == 2 and "is there already" in again.stderr
    assert "owner/name" in kata("classroom", "--kit", "someone").stderr


# --- the page, in a browser ---


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no chromium on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_page(width, scheme, out, browser, tmp_path):
    """At desktop and phone width, light and dark: nothing runs, nothing is
    fetched, nothing is wider than the screen.
    """
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("console", lambda message: said.append(message.text))
    page.goto((out / "cohort.html").as_uri())
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert asked == [(out / "cohort.html").as_uri()] and said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 30)"
    assert dark == (scheme == "dark")
    assert page.locator(".heat tbody tr").count() == 5
    assert page.locator(".mistake").count() >= 1 and "bob" in page.locator(".mistake").first.inner_text() + page.inner_text(
        "main"
    )
    page.close()


def test_page_leads_from_the_map_to_the_finding(out, browser):
    page = browser.new_page()
    page.goto((out / "cohort.html").as_uri())
    row = page.locator(".heat tbody tr").filter(has_text="bob")
    row.get_by_role("link").last.click()
    target = page.locator(":target")
    assert "1.4 set_bias: not right yet" in target.inner_text() and "This is a known mistake" in target.inner_text()
    assert page.evaluate("document.querySelector(':target').getBoundingClientRect().top") < 800
    text = page.inner_text("main")
    assert "<script>alert(1)<_script>" in text and "\x1b" not in text
    page.close()


@pytest.mark.parametrize("width", [360, 800, 1400])
@pytest.mark.parametrize("count", [2, 44])
def test_page_with_long_names(width, count, browser, tmp_path):
    """They are whole where there is room, else cut with a mark, in the middle
    on a large screen, so that two can be told apart; nothing is wider than the
    screen.
    """
    some = list(EXERCISES.values())[:count]
    outlines = [Outline(e.number, e.slug, e.title, e.chapter, e.file) for e in some]
    long, normal = [f"{'surname_' * 20}{n}" for n in (1, 2)], "Lovelace-Byron, Augusta Ada"
    made = [Mistake("swapped", "You swapped them.")]
    graded = [
        Exercise(e.number, e.slug, e.title, State.STARTED, made, [Check("t", "A check.", 1, Outcome.FAILED)]) for e in some
    ]
    learners = [Learner(name, f"{name}.zip", [name], graded) for name in [*long, normal, "line\nbreak\tand \x1b"]]
    (tmp_path / "page.html").write_text(page.html(Cohort("class_" * 40, outlines, learners, [long[0]])), "utf-8")
    opened = browser.new_page(viewport={"width": width, "height": 900})
    opened.goto((tmp_path / "page.html").as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    cells = opened.locator(".heat tbody th")
    cut = cells.evaluate_all("cells => cells.map(cell => cell.scrollWidth > cell.clientWidth)")
    first, second, third, fourth = cells.all_inner_texts()
    assert "..." in first and first != second and cells.first.get_attribute("title") == long[0]
    assert cut == [False] * 4 or width < 1400
    assert third == normal and fourth == "line break and \N{REPLACEMENT CHARACTER}" and (not cut[2] or width < 800)
    assert long[0] in opened.locator("#learner-1 h3").inner_text()
    opened.close()


def test_page_is_readable(out, browser):
    """Text stands out from what is behind it, by WCAG's contrast ratio of 4.5,
    in both schemes.
    """
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto((out / "cohort.html").as_uri())
        worst = page.evaluate(CONTRAST)
        assert worst[0] >= 4.5, (scheme, worst)
        page.close()


CONTRAST = """() => {
  const parts = c => c.match(/[0-9.]+/g).map(Number);
  const light = c => { const f = parts(c).slice(0, 3).map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if ((parts(c)[3] ?? 1) > 0) return c; } return 'rgb(255, 255, 255)'; };
  const found = [...document.querySelectorAll('main *, header *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()));
  const ratios = found.map(e => { const a = light(getComputedStyle(e).color), b = light(behind(e));
    return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.outerHTML.slice(0, 120)]; });
  return ratios.sort((a, b) => a[0] - b[0])[0];
}"""
