"""What is kept between gradings: only what is still right, and nobody
else's.
"""

import json
import shutil
import sqlite3

import pytest

FIRST, SET_BIAS = "exercises/ch01_parameters/ex01_define_mlp.py", "exercises/ch01_parameters/ex04_set_bias.py"
SOLUTION = SET_BIAS.replace("exercises", "solutions")
WRONG = "def set_bias(variables, layer, value):\n    return {}\n"


@pytest.fixture
def kit(warm_kit):
    """A fresh clone with 1.4 solved and graded once, in which a `kata`
    stays.
    """
    warm_kit.reset()
    shutil.copy(warm_kit.path / SOLUTION, warm_kit.path / SET_BIAS)
    assert state(warm_kit) == "solved"
    return warm_kit


def state(kit, *options):
    """The state of 1.4, and whether that was kept."""
    line = next(line for line in kit.kata("grade", "1.4", *options).stdout.splitlines() if line.startswith("  1.4 set_bias"))
    return " ".join(line.split("checks")[1].split())


def test_what_has_not_changed_is_kept(kit):
    assert state(kit) == "solved kept"
    assert state(kit, "--fresh") == "solved"
    assert state(kit) == "solved kept"


def test_a_changed_file_is_run(kit):
    """Any change, even of a comment; and back again is known."""
    text = (kit.path / SET_BIAS).read_text()
    (kit.path / SET_BIAS).write_text(text + "# changed\n")
    assert state(kit) == "solved"
    (kit.path / SET_BIAS).write_text(WRONG)
    assert state(kit) == "not right yet"
    (kit.path / SET_BIAS).write_text(text)
    assert state(kit) == "solved kept"


@pytest.mark.parametrize(
    "what", ["tests/ch01_parameters/test_ex04_set_bias.py", "tests/ch01_parameters/inside_ex04_set_bias.py"]
)
def test_changed_checks_are_run(kit, what):
    with (kit.path / what).open("a") as file:
        file.write("# changed\n")
    assert state(kit) == "solved"


def test_other_limits_are_other_runs(kit):
    assert state(kit, "--limit", "29") == "solved"


def test_a_kept_report_says_the_same(kit):
    """Findings, points and mistakes, from the store as from a run."""
    wrong = kit.path / "tests/mistakes/ch01_parameters/ex04_set_bias/shallow_copy.py"
    shutil.copy(wrong, kit.path / SET_BIAS)
    for name in ("first", "second"):
        kit.kata("grade", "1.4", "--json", kit.path / name)
    first, second = (json.loads((kit.path / name).read_text()) for name in ("first", "second"))
    assert first == second and first["exercises"][0]["mistakes"][0]["slug"] == "shallow_copy"


def test_a_mistake_that_was_added_later_is_named(kit):
    """Nothing is run for it but the new mistake: the comparisons were kept."""
    (kit.path / SET_BIAS).write_text(WRONG)
    assert "known mistake" not in kit.kata("grade", "1.4").stdout
    folder = kit.path / "tests/mistakes/ch01_parameters/ex04_set_bias"
    (folder / "empty_dict.py").write_text('"""Nothing is returned but an empty dict."""\n\n' + WRONG)
    found = kit.kata("grade", "1.4").stdout
    assert "kept" in found and "This is a known mistake: empty_dict" in found and "but an empty dict." in found
    (folder / "empty_dict.py").write_text('"""The dict is empty."""\n\n' + WRONG)
    assert "The dict is empty." in kit.kata("grade", "1.4").stdout
    (folder / "empty_dict.py").unlink()
    assert "known mistake" not in kit.kata("grade", "1.4").stdout


def test_a_timeout_is_not_kept(kit):
    (kit.path / SET_BIAS).write_text("def set_bias(*a):\n    while True: pass\n")
    assert [state(kit, "--limit", "1") for _ in range(2)] == ["not right yet"] * 2


def test_a_file_that_is_saved_while_it_is_graded(kit):
    """The verdict on the old text is not kept for the new one."""
    text = (kit.path / SET_BIAS).read_text()
    saves = f"import pathlib\npathlib.Path({str(kit.path / SET_BIAS)!r}).write_text({text!r} + '# new')\n"
    (kit.path / SET_BIAS).write_text(saves + WRONG)
    assert [state(kit) for _ in range(3)] == ["not right yet", "solved", "solved kept"]


def test_a_file_that_imports_its_neighbor_is_not_kept(kit):
    """Nothing knows when the neighbor changes."""
    text = (kit.path / SET_BIAS).read_text()
    (kit.path / "my_helpers.py").write_text("")
    (kit.path / SET_BIAS).write_text(text.replace("# --- JAX ---\n", "# --- JAX ---\nimport my_helpers\n"))
    assert [state(kit) for _ in range(2)] == ["solved"] * 2
    (kit.path / "my_helpers.py").unlink()


@pytest.mark.parametrize("content", [b"no database", b""])
def test_a_broken_store_costs_time_alone(kit, content):
    (kit.path / ".kata/results.sqlite").write_bytes(content)
    assert state(kit) == "solved"


def test_a_store_of_a_submission_is_not_read(kit, tmp_path):
    """A forged result beside the submission changes nothing."""
    shutil.copytree(kit.path / "exercises", tmp_path / "exercises")
    shutil.copytree(kit.path / ".kata", tmp_path / "exercises" / ".kata", symlinks=True)
    (tmp_path / "exercises" / SET_BIAS.partition("/")[2]).write_text(WRONG)
    with sqlite3.connect(tmp_path / "exercises" / ".kata" / "results.sqlite") as database:
        assert database.execute("SELECT count(*) FROM results").fetchone()[0] > 0
    assert state(kit, "--submission", tmp_path / "exercises") == "not right yet"


def test_several_judges_grade_all_of_it(cold, own_clone):
    """As many as there are cores; what they found is kept for the next time,
    and a save runs one exercise.
    """
    kit = own_clone
    for name in ("ch01_parameters", "ch02_state"):
        shutil.copytree(kit / "solutions" / name, kit / "exercises" / name, dirs_exist_ok=True)
    first = cold("grade", "ch01", "ch02", cwd=kit)
    assert first.returncode == 0 and "10 of 10 exercises solved" in first.stdout and "kept" not in first.stdout
    (kit / FIRST).write_text((kit / "exercises/ch01_parameters/ex02_blueprint.py").read_text())
    second = cold("grade", "ch01", "ch02", cwd=kit)
    assert second.returncode == 1 and second.stdout.count("kept") == 9
    assert "1.1 define_mlp 0 of 4 checks not right yet" in " ".join(second.stdout.split())
