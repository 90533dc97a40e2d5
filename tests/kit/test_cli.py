"""The `kata` command as a learner types it."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import layouts
import pexpect
import pytest
from fresh import ROOT

from flaxkata import catalog

SET_BIAS = "exercises/ch01_parameters/ex04_set_bias.py"


@pytest.fixture
def clone(warm_kit):
    """A fresh clone, in which a `kata` stays."""
    warm_kit.reset()
    return warm_kit.path


@pytest.fixture
def kata(warm_kit):
    """The `kata` that stays."""
    return warm_kit.kata


def answer(clone, text="def set_bias(variables, layer, value):\n    return variables\n"):
    (clone / SET_BIAS).write_text(text)


@pytest.fixture
def told(judge, tmp_path):
    """What `kata grade NUMBER --submission FILE` says of a text, asked of a
    judge that stays open.
    """

    def grade(number, text):
        (tmp_path / "answer.py").write_text(text)
        return judge.ask("grade", number, "--submission", str(tmp_path / "answer.py"))

    return grade


def test_a_fresh_clone_has_nothing_wrong(kata, clone):
    run = kata("grade", cwd=clone)
    assert run.returncode == 0
    assert f"0 of {len(catalog.exercises(clone))} exercises solved" in run.stdout
    assert "Open exercises/ch01_parameters/ex01_define_mlp.py" in run.stdout
    assert kata("grade", "1.1", "--strict", cwd=clone).returncode == 1


def test_right_answers_to_all(kata, clone):
    """To two chapters: that each solution is right, the trees' tests say, and
    those of cohorts.
    """
    run = kata("grade", "ch01", "ch02", "--submission", "solutions", "--strict", cwd=clone)
    assert run.returncode == 0
    assert re.search(r"(10) of \1 exercises solved, (\d+) of \2 points", run.stdout)


def test_failure_looks_like_this(kata, clone):
    """The head, the sentence, the file, the finding, the known mistake, the
    next step; legible at 80 columns.
    """
    mistake = clone / "tests/mistakes/ch01_parameters/ex04_set_bias/shallow_copy.py"
    answer(clone, mistake.read_text())
    run = kata("grade", "1.4", cwd=clone)
    assert run.returncode == 1
    assert max(map(len, run.stdout.splitlines())) <= 80
    shown = [line.rstrip() for line in run.stdout[run.stdout.index("1.4 set_bias   ", 100) :].splitlines()]
    assert shown[:12] == [
        "1.4 set_bias" + " " * 55 + "5 of 6 checks",
        "  x The variables that you were given still have their old bias",
        "      exercises/ch01_parameters/ex04_set_bias.py",
        "      variables['params']['fc1']['bias'] was changed in place: 0.2333 -> 0.5 at",
        "      [0] and 127 more.",
        "      This is a known mistake: shallow_copy",
        "        The copy is not deep enough. copy.copy and dict() make a new outer dict",
        '        and keep the ones inside, so writing into copy["params"][layer] writes',
        "        into the original, just as copying a PyTorch module with copy.copy",
        "        shares its tensors.",
        "  Next: kata hint 1.4     again: kata grade 1.4",
        "",
    ]


def test_brackets_in_a_sentence_are_shown(judge):
    """`x[mask]` in a check's sentence is text; Rich would take [mask] for the
    name of a style.
    """
    wrong = "tests/mistakes/ch02_state/ex02_indexing/mask_as_index.py"
    assert "PyTorch's mean of x[mask]" in judge.ask("grade", "2.2", "--submission", wrong)["output"]


def test_next_steps_can_be_typed(kata, clone):
    """Under nox, where `kata` is not on the path, they are nox commands; with
    another submission they name it.
    """
    answer(clone)
    under_nox = kata("grade", "1.4", cwd=clone, NOX_CURRENT_SESSION="grade").stdout
    assert "  Next: nox -s kata -- hint 1.4     again: nox -s grade -- 1.4\n" in under_nox
    other = kata("grade", "1.4", "--submission", SET_BIAS, cwd=clone).stdout
    assert f"again: kata grade 1.4 --submission {SET_BIAS}" in " ".join(other.split())


def test_a_path_names_an_exercise(kata, clone):
    """As it is printed; one elsewhere is the submission."""
    answer(clone)
    own = kata("grade", SET_BIAS, cwd=clone).stdout
    assert "1.4 set_bias   0 of 6 checks" in own and "again: kata grade 1.4\n" in own
    elsewhere = "solutions/ch01_parameters/ex04_set_bias.py"
    assert "1 of 1 exercise solved" in kata("grade", elsewhere, cwd=clone).stdout
    assert "set_bias" not in kata("list", "exercises/ch02_state", cwd=clone).stdout


def test_a_submission_may_lie_as_it_likes(kata, clone, tmp_path):
    """A folder around, other names, an archive: what was taken is graded, and
    what was not is named.
    """
    right = (clone / "solutions/ch01_parameters/ex04_set_bias.py").read_bytes()
    layouts.hand_in(tmp_path, {"a/exercises/ch01_parameters/ex04_set_bias.py": right, "b/Ex04_set_bias (1).py": right})
    layouts.hand_in(tmp_path, {"c.zip": layouts.zipped([("x/ex04_set_bias.py", right), ("x/mine.py", b"")]), "d/a.rar": b""})
    for name in ("a", "b", "c.zip"):
        run = kata("grade", "1.4", "--submission", tmp_path / name, cwd=clone)
        assert "1 of 1 exercise solved" in run.stdout and run.returncode == 0, run.stderr
    assert "Not recognized: x/mine.py" in run.stdout
    missing = kata("grade", "1.5", "--submission", tmp_path / "b", cwd=clone)
    assert missing.returncode == 0 and "0 of 1 exercise solved" in missing.stdout and "/tmp/tmp" not in missing.stdout
    run = kata("grade", "1.4", "--submission", tmp_path / "d", cwd=clone)
    assert run.returncode == 2 and "d has nothing that can be graded." in run.stderr and "send a zip" in run.stderr


def test_after_a_solved_exercise_comes_the_next(kata, clone):
    answer(clone, (clone / "solutions/ch01_parameters/ex04_set_bias.py").read_text())
    shown = kata("grade", "1.4", cwd=clone).stdout
    assert "Compare with our answer: solutions/ch01_parameters/ex04_set_bias.py" in shown
    assert "Go on with exercises/ch01_parameters/ex05_copies.py" in shown


def test_what_fails_everywhere_is_said_once(told):
    shown = told("1.4", "def set_bias(:\n")["output"]
    assert shown.count("SyntaxError") == 1 and "  and the same in 5 other checks" in shown
    shown = told("1.4", "def set_bias(variables, layer, value):\n    raise ValueError('not yet')\n")["output"]
    assert shown.count("ValueError: not yet") == 1
    assert "`set_bias(variables, 'fc1', 2)` raised the same" in shown


def test_json_is_schema_2(kata, clone):
    answer(clone)
    kata("grade", "ch01", "--json", "r.json", cwd=clone)
    report = json.loads((clone / "r.json").read_text())
    assert list(report) == ["schema", "device", "submission", "score", "max_score", "exercises"]
    assert (report["schema"], report["device"], report["submission"]) == (2, "cpu", "exercises")
    points = [points for e in catalog.select(ROOT, ["ch01"]) for _, _, points in e.checks]
    assert report["max_score"] == sum(points) == sum(c["points"] for e in report["exercises"] for c in e["checks"])
    for e in report["exercises"]:
        assert list(e) == ["id", "slug", "title", "state", "score", "max_score", "mistakes", "checks"]
        for c in e["checks"]:
            assert list(c) == ["name", "description", "points", "outcome", "findings", "seconds"]
    set_bias = report["exercises"][3]
    assert (set_bias["id"], set_bias["slug"], set_bias["state"], set_bias["max_score"]) == ("1.4", "set_bias", "started", 8)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["grade", "set_bais"], "No exercise or chapter is called 'set_bais'. Nearest: set_bias (1.4 set_bias)."),
        (["grade", "9.9"], "No exercise or chapter is called '9.9'."),
        (["hint", "ch01"], "'ch01' is a chapter; name one exercise: 1.1, 1.2, 1.3, 1.4, 1.5, 1.6."),
        (["grade", "--submission", "nowhere"], "There is no nowhere; --submission takes a folder"),
        (["grade", "--submission", SET_BIAS], "is one file; say which exercise it answers"),
        (["grade", "nowhere/ex04_set_bias.py"], "There is no nowhere/ex04_set_bias.py."),
        (
            ["grade", "noxfile.py"],
            "noxfile.py has no exercise's name; say which it answers, as in: kata grade 1.3",
        ),
        (["grade", "1.4", "solutions/ch01_parameters/ex04_set_bias.py"], "is not in exercises/: grade it alone"),
        (["grade", "--json", "no/where.json"], "--json no/where.json: there is no folder no."),
        (["grade", "--device", "gpu", "1.4"], "Looked for a GPU with JAX and found none, only cpu: cpu."),
        (["grade", "--device", "tpu", "1.4"], "Looked for a TPU with JAX and found none:"),
        (["reset", "1.4"], "There is no terminal to ask in; --yes answers yes."),
    ],
)
def test_usage_errors_are_one_sentence(command, sentence, kata, clone):
    run = kata(*command, cwd=clone)
    assert run.returncode == 2
    assert sentence in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    assert run.stdout == ""


def test_a_defect_of_the_kit_is_not_the_learners(cold, clone):
    """Checks that cannot be collected: exit code 2, and nothing is graded."""
    tests = clone / "tests/ch01_parameters/test_ex04_set_bias.py"
    tests.write_text(tests.read_text() + "\nimport no_such_module\n")
    run = cold("grade", "1.4", cwd=clone)
    assert run.returncode == 2
    assert "defect of the kit, not of your code" in run.stderr and "no_such_module" in run.stderr


def test_a_jax_that_cannot_be_imported_is_not_the_learners_either(cold, clone):
    (clone / "broken" / "jax").mkdir(parents=True)
    (clone / "broken" / "jax" / "__init__.py").write_text("raise ImportError('a broken installation')\n")
    run = cold("grade", "1.4", cwd=clone, PYTHONPATH=str(clone / "broken"))
    assert run.returncode == 2
    assert "a broken installation" in run.stderr and "The grader itself failed" in run.stderr
    assert run.stdout == ""


def test_hints_come_one_by_one(kata, clone):
    counts = [kata("hint", "set_bias", cwd=clone).stdout.count("Hint ") for _ in range(4)]
    assert counts == [1, 2, 3, 3]
    answer(clone)
    assert "  Next: kata solution 1.4     again: kata grade 1.4\n" in kata("grade", "1.4", cwd=clone).stdout


def test_list_says_how_far_you_are(kata, clone):
    assert "not right yet" not in kata("list", cwd=clone).stdout
    answer(clone)
    kata("grade", "1.4", cwd=clone)
    lines = kata("list", cwd=clone).stdout.splitlines()
    assert [line.split("  ")[1] for line in lines if "not right yet" in line] == ["1.4 set_bias"]
    hours = round(sum(e.minutes for e in catalog.exercises(clone)) / 30) / 2
    assert f"About {hours:g} hours in all, {hours:g} hours of them still to do." in lines


def test_reset_asks_and_keeps_the_old_text(clone):
    stub = (clone / SET_BIAS).read_text()
    answer(clone, "mine = 1\n")
    for reply, kept in (("n", "mine = 1\n"), ("y", stub)):
        child = pexpect.spawn(sys.executable, ["-m", "flaxkata", "reset", "1.4"], cwd=str(clone), encoding="utf-8", timeout=180)
        child.expect(r"Replace exercises/ch01_parameters/ex04_set_bias.py by the stub\?")
        child.sendline(reply)
        child.expect(pexpect.EOF)
        assert (clone / SET_BIAS).read_text() == kept
    where = child.before.split("kept in ")[1].split()[0]
    assert where.startswith(".kata/backup/")
    assert (clone / where).read_text() == "mine = 1\n"


def test_a_deleted_file_is_called_deleted(kata, clone):
    (clone / SET_BIAS).unlink()
    run = kata("grade", "1.4", cwd=clone)
    assert run.returncode == 0 and "0 of 6 checks  deleted" in run.stdout
    assert f"{SET_BIAS} was deleted.\nkata reset 1.4 restores the stub.\n" in run.stdout
    assert kata("reset", "1.4", cwd=clone).returncode == 0
    assert (clone / SET_BIAS).exists()


@pytest.mark.parametrize("line", ["breakpoint()", "input('go on? ')"])
def test_who_wants_a_keyboard_is_told_how(told, line):
    found = told("1.4", f"def set_bias(*given):\n    {line}\n    return given\n")["report"]["exercises"][0]
    words = "Your code has no keyboard here: breakpoint() and input() need `kata grade 1.4 --here`"
    assert words in found["checks"][0]["findings"][0]


def test_quitting_the_debugger_ends_the_run(clone):
    """Once, and not once for each check."""
    answer(clone, "def set_bias(*given):\n    breakpoint()\n    return given\n")
    command = ["-m", "flaxkata", "grade", "1.4", "--here"]
    child = pexpect.spawn(sys.executable, command, cwd=str(clone), encoding="utf-8", timeout=180)
    child.expect(r"\(Pdb\)")
    child.sendline("q")
    child.expect("Stopped. Nothing was saved.")
    child.expect(pexpect.EOF)
    assert "(Pdb)" not in child.before


def test_a_read_only_checkout(own_clone):
    """Sentences for what cannot be written; and what can be done is done."""
    commands = ["reset 1.4 --yes", "stubs", "gradescope --out there", "hint 1.4", "grade 1.4 --json there.json"]
    answer(own_clone)
    (own_clone / "told").mkdir()
    script = "".join(f"{sys.executable} -m flaxkata {c} >told/{i} 2>&1; echo $? >>told/{i}\n" for i, c in enumerate(commands))
    command = ["sh", "-c", script]
    if os.geteuid():
        for path in (own_clone, own_clone / ".kata", (own_clone / SET_BIAS).parent, own_clone / SET_BIAS):
            path.chmod(path.stat().st_mode & ~0o222)
    elif shutil.which("unshare"):  # root may write wherever the file system lets it
        bound = "mount --bind . . && mount --bind told told && mount -o remount,ro,bind . && cd . && sh -c "
        command = ["unshare", "--mount", "sh", "-c", f'{bound} "$0"', script]
    subprocess.run(command, cwd=own_clone, check=False)
    texts = [path.read_text() for path in sorted((own_clone / "told").iterdir())]
    if not texts:
        pytest.skip("nothing can be made read-only here")
    assert not any("Traceback" in text for text in texts), texts
    for text in texts[:3]:
        assert re.match(r"Stopped: \S+ cannot be read or written: .+\.\n2\n$", text), text
    assert all(f"Hint {n} of 3" in texts[3] for n in (1, 2, 3)) and texts[3].endswith("\n0\n")
    assert "of 6 checks" in texts[4] and "Stopped: there.json cannot be read or written" in texts[4]


def test_solution_is_shown_when_solved_or_asked_for(kata, clone):
    assert kata("solution", "1.4", cwd=clone).returncode == 2
    run = kata("solution", "1.4", "--yes", cwd=clone)
    assert "solutions/ch01_parameters/ex04_set_bias.py" in run.stdout and "jnp.full_like" in run.stdout
    assert "import torch" not in run.stdout
    answer(clone, (clone / "solutions/ch01_parameters/ex04_set_bias.py").read_text())
    kata("grade", "1.4", cwd=clone)
    assert kata("solution", "1.4", cwd=clone).returncode == 0


def test_stubs_are_written_without_loss(kata, clone):
    answer(clone, "mine = 1\n")
    assert kata("stubs", "--check", cwd=clone).returncode == 1
    run = kata("stubs", cwd=clone)
    assert run.returncode == 0
    kept = run.stdout.split("the old text is in ")[1].split(")")[0]
    assert (clone / kept).read_text() == "mine = 1\n"
    assert kata("stubs", "--check", cwd=clone).returncode == 0


def test_two_functions_two_mistakes(told):
    """One exercise, two mistakes in two functions: both are named."""
    lists = (ROOT / "tests/mistakes/ch01_parameters/ex05_copies/copy_is_deep.py").read_text()
    text = lists[: lists.index("def branch")] + "def branch(variables):\n    return copy.copy(variables)\n"
    answer = told("1.5", text)
    assert answer["code"] == 1
    assert sorted(m["slug"] for m in answer["report"]["exercises"][0]["mistakes"]) == ["branch_shallow", "copy_is_deep"]


def test_two_mistakes_that_meet_in_one_check(told):
    """The first attempt of many: nothing transposed, and model(x). Where both
    fail, only the second can be seen.
    """
    text = (ROOT / "tests/mistakes/ch01_parameters/ex03_forward/kernel_not_transposed.py").read_text()
    (e,) = told("1.3", text.replace("model.apply(variables, x)", "model(x)"))["report"]["exercises"]
    assert sorted(m["slug"] for m in e["mistakes"]) == ["kernel_not_transposed", "model_called"]


def test_half_done_says_what_is_to_do(told):
    text = (ROOT / "exercises/ch01_parameters/ex05_copies.py").read_text()
    answer = told("1.5", text[: text.rindex("    raise NotImpl")] + "    return copy.deepcopy(variables)\n")
    assert answer["code"] == 0
    assert "1.5 copies 3 of 5 checks started" in " ".join(answer["output"].split())
    assert "to do: Your predictions for lists are what Python does." in answer["output"]
    first, second, _ = (n for n, line in enumerate(text.splitlines(), 1) if "raise NotImplementedError" in line)
    assert f"Replace lines {first} and {second}, `raise NotImplementedError`. Then:" in answer["output"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("torch.relu(x)", "torch.relu: PyTorch is not available to this code"),
        ("TorchMLP()(x)", "name 'TorchMLP' is not defined. The PyTorch section does not run with your code"),
    ],
)
def test_a_name_of_the_pytorch_section(line, said, told):
    """What only the PyTorch section has is not there; the message says so."""
    text = (ROOT / "exercises/ch01_parameters/ex01_define_mlp.py").read_text()
    answer = told("1.1", text.replace("raise NotImplementedError", f"return {line}  # "))
    assert said in " ".join(answer["output"].split())


def test_a_mistake_in_one_function_while_the_other_is_a_stub(told):
    head, _ = (ROOT / "exercises/ch01_parameters/ex05_copies.py").read_text().rsplit("    raise NotImplementedError", 1)
    (e,) = told("1.5", head + "    return dict(variables)\n")["report"]["exercises"]
    assert [m["slug"] for m in e["mistakes"]] == ["branch_shallow"]
    assert [c["outcome"] for c in e["checks"]] == ["todo", "todo", "passed", "failed", "failed"]


def test_a_new_mistake_is_one_file(kata, clone):
    """What an instructor saw in class, saved with a docstring, is told by name
    to the next learner.
    """
    wrong = (ROOT / "tests/kit/unknown_mistake/ch01_parameters/ex04_set_bias/first_entry_only.py").read_text()
    answer(clone, wrong)
    assert "known mistake" not in kata("grade", "1.4", cwd=clone).stdout
    (clone / "tests/mistakes/ch01_parameters/ex04_set_bias/one_number_set.py").write_text(
        '"""One number was set."""\n\n' + wrong.partition("\n\n")[2]
    )
    run = kata("grade", "1.4", cwd=clone)
    assert "This is a known mistake: one_number_set" in run.stdout and "One number was set." in run.stdout


def test_plain_pytest_works_too(clone):
    """The editor's test panel: skipped in a fresh clone, failures with the
    finding as their text.
    """
    import subprocess

    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/ch01_parameters/test_ex04_set_bias.py",
        "-q",
        "-rs",
        "-p",
        "no:cacheprovider",
    ]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, cwd=clone, capture_output=True, text=True, env=env)
    assert run.returncode == 0 and "6 skipped" in run.stdout and "todo" in run.stdout
    answer(clone)
    run = subprocess.run(command, cwd=clone, capture_output=True, text=True, env=env)
    assert run.returncode == 1
    assert "set_bias(variables, 'fc1', 0.25)['params']['fc1']['bias'] differs from PyTorch in 128 of 128 values" in run.stdout


@pytest.fixture
def terminal(clone):
    """`kata grade 1.4` in a terminal of 80 columns."""
    env = os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "80", "TERM": "xterm-256color"}
    options = {"encoding": "utf-8", "codec_errors": "replace", "timeout": 180}
    return lambda: pexpect.spawn(sys.executable, ["-m", "flaxkata", "grade", "1.4"], cwd=str(clone), env=env, **options)


def test_progress_in_a_terminal(terminal):
    """A bar while it works."""
    child = terminal()
    child.expect("of 6 checks")
    child.expect("0 of 1 exercise solved")
    child.expect(pexpect.EOF)


@pytest.mark.parametrize("seconds", [0.5, 3])
def test_ctrl_c_stops_at_once(clone, terminal, seconds):
    """While PyTorch is imported, and while a learner's code loops: a sentence,
    and nothing is waited for.
    """
    answer(clone, "def set_bias(*a):\n    while True: pass\n")
    child = terminal()
    child.expect("of 6 checks")
    time.sleep(seconds)
    child.sendintr()
    start = time.monotonic()
    child.expect("Stopped. Nothing was saved.")
    child.expect(pexpect.EOF)
    assert time.monotonic() - start < 10  # the limit of an exercise is 30
    child.close()
    assert child.exitstatus == 2


# --- terminals and pipes ---

CLEARS = """print("\\x1b[2J\\x1b[1;1H printed \\x9b2J \\x07 \\u202e \\u0394")
def set_bias(variables, layer, value):
    class Odd(Exception): pass
    Odd.__name__ = "\\x1b]0;title\\x07"
    if layer == "fc1":
        return {"\\x1b[2Jkey": 1}
    raise Odd("\\x1b[31mred")
"""


def test_an_answer_cannot_write_to_the_terminal(clone, kata, terminal):
    """What it prints, raises and returns is shown as plain text, and kept as
    such: the verdict stays on the screen.
    """
    answer(clone, CLEARS)
    run = kata("grade", "1.4", "--json", "report.json", cwd=clone)
    assert run.returncode == 1 and "printed" in run.stdout and "raised" in run.stdout and "key" in run.stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", run.stdout)
    assert "\\u001b" not in (clone / "report.json").read_text()
    child = terminal()
    child.expect(pexpect.EOF)
    shown = child.before
    assert "\x1b[2J" not in shown.partition("0 of 1 solved")[2] and "\x1b]0;" not in shown and "\x1b[1;1H" not in shown


@pytest.mark.parametrize(
    ("encoding", "command", "line"),
    [
        ("cp1252", "grade 1.4 --submission prints.py", "1 of 1 exercise solved"),
        ("ascii", "grade 4.4 --submission uphill.py", r"^-{80}\n[^\0]*PyTorch  [_.~=+*#-]{10,}  \d"),
        ("ascii", "list", "1.4 set_bias"),
        ("cp1252", "hint 1.4", "Hint 1 of 3"),
        ("ascii", "solution 1.4", "def set_bias"),
        ("ascii", "grade --help", r"^\+- Options -+\+$"),
    ],
)
def test_any_encoding_gets_its_table(encoding, command, line, cold, clone, tmp_path):
    """Bars, boxes and letters that a terminal or pipe cannot show become ones
    like them; an answer that prints them is still right.
    """
    set_bias, optimizers = catalog.select(ROOT, ["1.4", "4.4"])
    (tmp_path / "prints.py").write_text(set_bias.solution.read_text() + '\nprint("\\u0394")\n')
    (tmp_path / "uphill.py").write_text(next(m for m in optimizers.mistakes if m.stem == "uphill").read_text())
    words = [str(tmp_path / w) if w.endswith(".py") else w for w in command.split()]
    run = cold(*words, *["--yes"] * ("solution" in words), cwd=clone, PYTHONIOENCODING=encoding)
    assert re.search(line, run.stdout, re.MULTILINE) and "Traceback" not in run.stdout + run.stderr
