"""Notebooks: written from the exercises, graded cell by cell in a real kernel,
and read without running anything.
"""

import contextlib
import json
import os
import shutil
import time
from pathlib import Path

import fresh
import nbformat
import psutil
import pytest
import wordings
from conftest import clone_into, same_each_time
from hypothesis import given
from hypothesis import strategies as st
from kernels import Kernel, cell
from layouts import RIGHT, STUB, hand_in

from flaxkata import catalog
from flaxkata.instructor import submissions
from flaxkata.notebook import answers, markdown, reader, writer

EXERCISES = catalog.exercises(fresh.ROOT)
BY_NUMBER = {e.number: e for e in EXERCISES}
SHALLOW = fresh.ROOT / "tests/mistakes/ch01_parameters/ex04_set_bias/shallow_copy.py"
SOLUTION = BY_NUMBER["1.4"].solution


def notebook(*cells: str) -> str:
    found = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    return nbformat.writes(found)


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """A clone, in which the states of this file are kept."""
    return clone_into(tmp_path_factory.mktemp("notebook") / "kit")


@pytest.fixture(scope="module")
def kernel(kit):
    found = Kernel(kit)
    yield found
    found.close()


@pytest.fixture
def new_kernel():
    """Kernels of a test's own, which do not outlive it."""
    with contextlib.ExitStack() as opened:

        def start(folder: Path) -> Kernel:
            found = Kernel(folder)
            opened.callback(found.close)
            return found

        yield start


def ended(processes: list[psutil.Process]) -> bool:
    """Whether all of them end; a judge that is still starting does so when it
    has started. A container's first process may leave the dead unburied.
    """
    deadline = time.monotonic() + 60
    while any(map(_runs, processes)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(map(_runs, processes))


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# --- a cell in a kernel ---


def test_a_wrong_answer_is_explained_below_its_cell(kernel):
    """As by `kata grade`; and the cell ran as any other."""
    (output,) = kernel.run(cell("1.4", SHALLOW))
    text, html = output["data"]["text/plain"], output["data"]["text/html"]
    assert "5 of 6 checks  not right yet" in text and "This is a known mistake: shallow_copy" in text
    assert "Next: `%kata hint 1.4` helps     again: change the cell and run it again" in text
    assert "was changed in place: 0.2333 -&gt; 0.5 at [0] and 127 more" in html
    assert "<code>shallow_copy</code>" in html and "All checks. JAX on cpu." in html
    assert "__main__.set_bias(variables, layer, value)" in kernel.says("set_bias")


def test_a_right_answer_says_what_is_next(kernel, kit):
    said = kernel.says(cell("1.4", SOLUTION))
    assert "6 of 6 checks  solved" in said and "Learned: arrays cannot be changed" in said
    assert "Next is 1.5 copies: What a copy shares" in said
    assert json.loads((kit / ".kata/states.json").read_text())["1.4"] == "solved"
    assert "solved" in kernel.says("%kata list 1.4") and "1.5 copies: What a copy shares" in kernel.says("%kata next")


def test_a_stub_says_which_lines_to_replace(kernel):
    """By their numbers in the cell."""
    source = cell("1.4", BY_NUMBER["1.4"].stub)
    said = kernel.says(source)
    (number,) = (n for n, line in enumerate(source.splitlines(), 1) if "NotImplementedError" in line)
    assert "0 of 6 checks  to do" in said and f"Replace line {number}, `raise NotImplementedError`" in said


def test_the_cell_says_what_it_cannot_be_graded_for(kernel):
    """One sentence each."""
    said = kernel.says("%%kata 1.4\ndef set_bias(:\n    pass")
    assert (
        "SyntaxError" in said and "This is not Python yet, so it is not graded: invalid syntax, in line 2 of the cell." in said
    )
    said = kernel.says(cell("1.3", SOLUTION))
    assert "This cell has what 1.4 set_bias asks for (`set_bias`), and nothing that 1.3 forward asks for" in said
    assert "begin it with `%%kata 1.4`" in said
    said = kernel.says("%%kata 1.4\n!true\n" + RIGHT.decode())
    assert "lines that only IPython understands" in said
    assert "Say which exercise" in kernel.says("%%kata\n1") and "'ch01' is a chapter" in kernel.says("%%kata ch01\n1")
    assert "No exercise or chapter is called '1.99'" in kernel.says("%%kata 1.99\n1")


def test_a_name_of_another_cell_is_not_known(kernel):
    kernel.run("helper = dict")
    said = kernel.says("%%kata 1.4\ndef set_bias(variables, layer, value):\n    return helper(variables)")
    assert said.startswith(
        "`helper` is defined in another cell. This cell is graded alone, so define or import `helper` in it."
    )
    assert "line 3, in set_bias: return helper(variables)" in said


def test_what_a_cell_raises_is_shown_and_graded(kernel):
    said = kernel.says("%%kata 1.4\nraise KeyError('mine')")
    assert said.startswith("KeyError") and "The file could not be loaded: KeyError: 'mine'" in said


def test_hints_and_solutions(kernel):
    assert kernel.says("%kata hint 2.2").startswith("Hint 1 of 3 to 2.2: ")
    assert "Hint 2 of 3 to 2.2: " in kernel.says("%kata hint indexing")
    assert "These are all. `%kata solution 2.2` shows our answer." in kernel.says("%kata hint 2.2")
    assert kernel.says("%kata solution 2.2") == "2.2 indexing is not solved yet. `%kata solution 2.2 --yes` shows our answer."
    assert "def masked_mean" in kernel.says("%kata solution 2.2 --yes")
    assert "These can be asked for: `%kata hint`" in kernel.says("%kata help")


def test_a_device_that_is_not_there(kernel):
    """Is never replaced by another."""
    kernel.says("%kata device gpu")
    assert "Looked for a GPU with JAX and found none" in kernel.says(cell("1.4", SOLUTION))
    assert kernel.says("%kata device cpu") == "From now on, cells are graded on the cpu."
    assert "There is no device 'npu'" in kernel.says("%kata device npu")


def test_interrupted_while_it_is_graded(kernel):
    """The answer's endless loop is ended; the judge stays."""
    loop = "%%kata 1.4\ndef set_bias(variables, layer, value):\n    while True: pass"
    kernel.run(cell("1.4", SOLUTION))
    (judge,) = kernel.judges()
    assert "Interrupted: the cell ran, and it is not graded." in kernel.interrupted(loop, after=3)
    assert "6 of 6 checks  solved" in kernel.says(cell("1.4", SOLUTION))
    assert kernel.judges() == [judge]


def test_interrupted_while_it_runs(kernel):
    said = kernel.interrupted("%%kata 1.4\nwhile True: pass", after=1)
    assert "KeyboardInterrupt" in said and "The cell was interrupted, so it is not graded." in said


def test_a_judge_that_ended(kernel):
    for judge in kernel.judges():
        judge.kill()
    said = kernel.says(cell("1.4", SOLUTION))
    assert "The grader stopped" in said and "Run the cell again" in said
    assert "6 of 6 checks  solved" in kernel.says(cell("1.4", SOLUTION))


@pytest.mark.parametrize("how", ["shut down", "killed", "restarted", "extension unloaded"])
def test_nothing_stays(kit, new_kernel, how):
    """Neither a process nor a folder."""
    kernel, other = new_kernel(kit), new_kernel(kit)
    (judge,), (others,) = kernel.judges(), other.judges()  # two notebooks at once
    deadline = time.monotonic() + 60
    while not judge.children() and time.monotonic() < deadline:
        time.sleep(0.1)
    family = [judge, *judge.children(recursive=True)]
    folder = judge.cwd()
    if how == "killed":
        kernel.process.kill()
    elif how == "restarted":
        kernel.restart()
        assert "UsageError: Cell magic `%%kata` not found" in kernel.says(cell("1.4", SOLUTION))
        kernel.run("%load_ext flaxkata")
        assert "6 of 6 checks  solved" in kernel.says(cell("1.4", SOLUTION))
    elif how == "extension unloaded":
        kernel.run("%unload_ext flaxkata")
        assert "UsageError" in kernel.says("%%kata 1.4\n1")
    else:
        kernel.close()
    assert ended(family) and others.is_running()
    assert not os.path.exists(folder)


def test_where_nothing_is_laid(tmp_path, new_kernel):
    """The course is there all the same."""
    assert "1.4 set_bias" in new_kernel(tmp_path).says("%kata list ch01")


# --- every solution and mistake, as `kata grade` says ---


def chosen() -> list[tuple[str, Path]]:
    """With KATA_EVERY=1 all solutions and alternatives, and a mistake of each
    exercise.
    """
    some = EXERCISES if wordings.EVERY else [BY_NUMBER["1.1"], BY_NUMBER["4.1"]]
    right = [(e.number, path) for e in some for path in [e.solution, *e.alternatives]]
    return [*(right if wordings.EVERY else right[:1]), *((e.number, e.mistakes[0]) for e in some)]


@pytest.fixture(scope="module")
def stored(kernel):
    """In the kernel: each verdict is kept as `kata grade` would write it."""
    kernel.run(
        "import json\nfrom flaxkata import report\nfrom flaxkata.learner import magic\nkept = []\nshow = magic.Kata._show\n"
        "def keep(self, cell, found, complete, shown):\n    kept.append(found)\n    show(self, cell, found, complete, shown)\n"
        "magic.Kata._show = keep"
    )
    return lambda: json.loads(kernel.says("print(json.dumps(report.to_json(report.Report('', '', kept[-1:]))))"))


@pytest.mark.parametrize(("number", "file"), chosen(), ids=lambda each: getattr(each, "stem", each))
def test_the_report_is_that_of_kata_grade(number, file, kernel, stored, judge, tmp_path):
    """Of states, findings and names."""
    source = cell(number, file)
    (tmp_path / "answer.py").write_text(answers.graded(source.partition("\n")[2]), "utf-8")
    kernel.run(source)
    (here,), (there,) = (
        found["exercises"]
        for found in (stored(), judge.ask("grade", number, "--submission", str(tmp_path / "answer.py"))["report"])
    )
    assert [*map(same_each_time, here["checks"])] == [*map(same_each_time, there["checks"])]
    assert here | {"checks": []} == there | {"checks": []}
    assert (here["state"] == "solved") == (file not in BY_NUMBER[number].mistakes)


# --- notebooks from the exercises ---


def test_the_notebooks_are_those_of_the_exercises(cold, tmp_path):
    """In the repository; and a change is told."""
    assert cold("notebook", "--check").returncode == 0
    shutil.copytree(fresh.ROOT / "notebooks", tmp_path / "some")
    (tmp_path / "some/ch01_parameters.ipynb").write_text("{}")
    run = cold("notebook", "--check", "--out", tmp_path / "some")
    assert run.returncode == 1 and "ch01_parameters.ipynb differs from the exercises" in run.stdout


@pytest.mark.parametrize("solved", [False, True])
def test_a_notebook_is_valid_and_has_the_answers(solved):
    for some in writer.chapters(EXERCISES).values():
        text = writer.notebook(some, "notebooks/x.ipynb", solved)
        nbformat.validate(json.loads(text))
        assert nbformat.writes(nbformat.reads(text, 4)) + "\n" == text  # as Jupyter would save it
        found = reader.read(text.encode(), EXERCISES)
        assert list(found.texts) == [e.number for e in some]
        assert all(answers.is_stub(e, found.texts[e.number]) != solved for e in some)


def test_the_first_cells_install_the_kit_once_it_has_an_address(monkeypatch):
    """In Colab, by a badge; without an address they are left out."""
    some = EXERCISES[:6]
    assert "colab" not in writer.notebook(some, "notebooks/x.ipynb").lower()
    monkeypatch.setattr(writer, "_urls", lambda: ["https://example.org", "https://github.com/someone/kata"])
    start, install, load, *_ = json.loads(writer.notebook(some, "notebooks/x.ipynb"))["cells"]
    link = "https://colab.research.google.com/github/someone/kata/blob/main/notebooks/x.ipynb"
    assert "".join(start["source"]).startswith("[![Open in Colab]") and link in "".join(start["source"])
    assert "    %pip install --quiet flaxkata" in "".join(install["source"]) and load["source"] == ["%load_ext flaxkata"]


def test_a_docstring_as_markdown():
    """What is indented is code, dashes make a list, links are links, and other
    marks are text.
    """
    docstring = """1.4 set_bias: A title

Costs 5$ * 2 per _line_, in set_bias and `a * b
* c`. So

    x = 1

    y = 2

Two differences:
- one `thing`
  goes on
- two

https://docs.jax.dev/en/latest/a_b.html
"""
    assert markdown.of_docstring(docstring).split("\n\n") == [
        "## 1.4 set_bias: A title",
        "Costs 5\\$ \\* 2 per \\_line\\_, in set_bias and `a * b * c`. So",
        "```python\nx = 1",
        "y = 2\n```",
        "Two differences:",
        "- one `thing` goes on\n- two",
        "<https://docs.jax.dev/en/latest/a_b.html>",
    ]


def test_writing_keeps_what_was_there(cold, own_clone):
    assert "notebooks/ex04_set_bias.ipynb is written" in cold("notebook", "1.4", cwd=own_clone).stdout
    place = own_clone / "notebooks/ex04_set_bias.ipynb"
    text = place.read_text()
    place.write_text(notebook(cell("1.4", SOLUTION)))
    said = cold("notebook", "1.4", cwd=own_clone).stdout
    assert place.read_text() == text and "what was there is in .kata/backup/" in said
    (kept,) = (own_clone / ".kata/backup").rglob("ex04_set_bias.ipynb")
    assert kept.read_text() == notebook(cell("1.4", SOLUTION)) or "kata 1.4" in kept.read_text()
    solved = cold("notebook", "ch01", "--solved", "--out", "mine", cwd=own_clone)
    assert "mine/ch01_parameters.ipynb is written" in solved.stdout


# --- answers out of notebooks ---


def test_going_on_in_files(cold, own_clone):
    """The cells' answers lie in exercises/, in files that run as they are, and
    the old text is kept.
    """
    stub, solution = BY_NUMBER["1.4"].stub.read_text(), SOLUTION.read_text()
    mine = own_clone / "mine.ipynb"
    mine.write_text(notebook("%%kata 1.4\n1", cell("set_bias", SOLUTION), cell("1.1", BY_NUMBER["1.1"].stub), "%%kata 9.9\n1"))
    place = own_clone / "exercises" / BY_NUMBER["1.4"].file
    place.write_text(stub + "# mine\n")
    said = cold("notebook", "--from", "mine.ipynb", cwd=own_clone).stdout.splitlines()
    assert said[0].startswith(f"1.4: exercises/{BY_NUMBER['1.4'].file} is written; your text is kept in .kata/backup/")
    assert said[1:] == ["1.1: not begun in the notebook", "%%kata 9.9: there is no such exercise"]
    assert place.read_text() == solution
    (kept,) = (own_clone / ".kata/backup").rglob("ex04_set_bias.py")
    assert kept.read_text() == stub + "# mine\n"
    again = cold("notebook", "--from", "mine.ipynb", cwd=own_clone).stdout
    assert "1.4: the file has this answer already" in again


def test_what_cannot_be_taken_is_said(cold, own_clone):
    (own_clone / "empty.ipynb").write_text(notebook("1"))
    (own_clone / "broken.ipynb").write_text("{")
    for name, words in (
        ("empty", "empty.ipynb has no cell that begins with `%%kata` and an exercise."),
        ("broken", "broken.ipynb is not a notebook: it is not JSON."),
        ("absent", "There is no absent.ipynb."),
    ):
        run = cold("notebook", "--from", f"{name}.ipynb", cwd=own_clone)
        assert (run.returncode, run.stderr.strip()) == (2, words)
    (own_clone / "nbformat.py").write_text("raise ImportError")
    run = cold("notebook", "--from", "empty.ipynb", cwd=own_clone, PYTHONPATH=str(own_clone))
    assert "empty.ipynb cannot be read without nbformat: pip install 'flaxkata[notebook]'" in run.stderr


WHOLE = json.loads(notebook("%%kata 1.4\n" + RIGHT.decode()))
V3 = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}}
V3 |= {"worksheets": [{"cells": [{"cell_type": "code", "input": "%%kata 1.4\nx", "outputs": [], "language": "python"}]}]}
MALFORMED = {
    "not JSON": (b"{", "is not a notebook: it is not JSON"),
    "not text": (b"\xff\xfe\x00", "is not UTF-8 text"),
    "empty": (b"", "is not a notebook: it is not JSON"),
    "a list": (b"[]", "is not a notebook"),
    "a number": (b"1", "is not a notebook"),
    "no cells": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "is not a notebook"),
    "cells": (b'{"nbformat": 4, "nbformat_minor": 5, "cells": 3}', "is not a notebook"),
    "of the future": (json.dumps(WHOLE | {"nbformat": 9}).encode(), "is not a notebook that can be read"),
    "nested": (b'{"nbformat": 4, "cells": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "is nested too deeply to be read"),
    "large": (b" " * (reader.MOST + 1), "is larger than 16 MB; clear its outputs"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_notebook_is_one_sentence(name):
    content, words = MALFORMED[name]
    with pytest.raises(reader.Unreadable) as error:
        reader.read(content, EXERCISES)
    assert str(error.value).startswith(words) and len(str(error.value)) < 300


def test_older_and_odd_notebooks_are_read():
    assert reader.read(json.dumps(V3).encode(), EXERCISES).texts == {"1.4": "# --- JAX ---\nx\n"}
    odd = WHOLE | {"nbformat_minor": 99, "cells": [{"cell_type": "code", "metadata": {}, "source": ""}, *WHOLE["cells"]]}
    assert "1.4" in reader.read(b"\xef\xbb\xbf" + json.dumps(odd).encode(), EXERCISES).texts
    assert not reader.read(notebook("# %%kata 1.4\nx", "x\n%%kata 1.4").encode(), EXERCISES).texts


KEYS = ["cells", "cell_type", "source", "metadata", "nbformat", "worksheets"]
WORDS = ["code", "%%kata 1.4\nx", "%%kata \ud800"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@given(JSON, st.sampled_from([1, 2, 3, 4, 5, "4", None]))
def test_any_json_is_read_or_refused(data, version):
    """Never anything else."""
    whole = data | {"nbformat": version} if isinstance(data, dict) else {"nbformat": version, "cells": data}
    try:
        found = reader.read(json.dumps(whole).encode(), EXERCISES)
    except reader.Unreadable:
        return
    assert set(found.texts) <= {"1.4"}


# --- notebooks that are handed in ---


def handed_in(folder: Path, **files: bytes) -> submissions.Submission:
    hand_in(folder, {f"anna/{name}": content for name, content in files.items()})
    (one,) = submissions.read_all(folder, EXERCISES)[0]
    return one


def test_a_notebook_of_any_name_is_taken(tmp_path):
    """The last cell of each exercise."""
    wrong_number = cell("1.1", SOLUTION)
    text = notebook(
        "%%kata 1.4\n1", cell("1.4", SOLUTION), cell("1.1", BY_NUMBER["1.1"].solution), "%%kata 7.9\n1", wrong_number
    )
    one = handed_in(tmp_path, **{"My work (1).ipynb": text.encode()})
    assert set(one.texts) == {"1.1", "1.4"} and b"full_like" in one.texts["1.4"] and b"full_like" not in one.texts["1.1"]
    assert one.unrecognized == [
        "My work (1).ipynb, %%kata 7.9: there is no such exercise",
        "My work (1).ipynb, %%kata 1.1: the cell has what 1.4 set_bias asks for, and nothing that 1.1 asks for",
    ]


def test_what_is_not_the_stub_decides(tmp_path):
    """Between a file and a notebook, in either."""
    stub, solved = notebook(cell("1.4", BY_NUMBER["1.4"].stub)), notebook(cell("1.4", SOLUTION))
    one = handed_in(tmp_path / "a", **{f"exercises/{BY_NUMBER['1.4'].file}": STUB, "mine.ipynb": solved.encode()})
    assert one.choices == [f"1.4: mine.ipynb was taken and not exercises/{BY_NUMBER['1.4'].file}, since the other is the stub."]
    one = handed_in(tmp_path / "b", **{"ex04_set_bias.py": RIGHT, "mine.ipynb": stub.encode()})
    assert one.texts["1.4"] == RIGHT
    assert one.choices == ["1.4: ex04_set_bias.py was taken and not mine.ipynb, since the other is the stub."]


def test_what_cannot_be_read_is_named(tmp_path):
    one = handed_in(
        tmp_path, **{"a.ipynb": b"{", "b.ipynb": notebook("1").encode(), "ch02_state.ipynb": b"", "ex04_set_bias.py": RIGHT}
    )
    assert one.unrecognized == [
        "a.ipynb is not a notebook: it is not JSON",
        "b.ipynb has no cell that begins with `%%kata` and an exercise",
        "ch02_state.ipynb is not a notebook: it is not JSON",
    ]
    assert one.texts == {"1.4": RIGHT}
    assert one.refused["2.1"] == "ch02_state.ipynb is not a notebook: it is not JSON; it was not graded."


def test_a_notebook_as_a_submission(judge, tmp_path):
    place = tmp_path / "mine.ipynb"
    place.write_text(notebook(cell("1.4", SHALLOW)))
    found = judge.ask("grade", "1.4", "--submission", str(place))
    told = found["output"].replace("\n", "")  # a long path is broken anywhere
    assert "This is a known mistake: shallow_copy" in told and "mine.ipynb" in told
    place.write_text("{")
    assert "mine.ipynb is not a notebook: it is not JSON" in judge.ask("grade", str(place))["errors"]
