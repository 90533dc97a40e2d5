"""Whatever is handed in, in whatever way: a right answer is taken, or its file
is named. Nothing is silently nothing.
"""

import functools
import os
import shutil

import layouts
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts import LAYOUTS, REFUSED, RIGHT, tarred, zipped
from test_cohort import EXERCISES

from flaxkata.instructor import archives, submissions

ALL = list(EXERCISES.values())


@pytest.mark.parametrize("learner", LAYOUTS)
def test_it_is_taken(learner, tmp_path):
    layouts.hand_in(tmp_path, LAYOUTS[learner])
    found = {one.learner: one for one in submissions.read_all(tmp_path, ALL)[0]}
    assert found[learner].texts["1.4"] in LAYOUTS[learner].values() or found[learner].texts["1.4"] == RIGHT, found
    assert not found[learner].unrecognized and not found[learner].refused
    assert set(found) == {learner} or learner in ("curie_12", "submission_12345678")


@pytest.mark.parametrize("learner", REFUSED)
def test_it_is_refused_with_a_sentence(learner, tmp_path):
    suffix, content, words = REFUSED[learner]
    layouts.hand_in(tmp_path, {f"{learner}.{suffix}": content})
    (one,) = submissions.read_all(tmp_path, ALL)[0]
    assert not one.texts
    assert words in one.refused.get("1.4", "There is no file") and (one.refused or one.unrecognized)


# --- drawn layouts ---

EXERCISE = st.sampled_from([EXERCISES[n] for n in ("1.1", "1.4", "5.3", "5.4", "10.8")])
WORD = st.text("abzé ._-()0", min_size=1, max_size=6).map(str.strip).filter(lambda w: w.strip("."))
CHAPTER = "the exercise's chapter"  # in that of another, `ex03.py` would answer another exercise
FOLDER = WORD | st.sampled_from(["exercises", "Exercises", "kit-main", CHAPTER, "answers", "new folder (1)", "src"])
PREFIX = st.sampled_from(["", "", "", "anna_", "Copy of ", "ada lovelace - ", "lovelaceada_12_345_", "1 ", "my"])
SUFFIX = st.sampled_from(["", "", "", " (1)", "-1", "_final", " copy", " - Copy", "2", "_v2.1", "x", "é"])
ENDING = st.sampled_from([".py", ".py", ".py", ".PY", ".py.txt", ".ipynb", ".py.bak"])
CHANGED = st.sampled_from([str, str, str.upper, str.title, lambda s: s.replace("_", "-"), lambda s: s.replace("ex0", "ex")])
CHANGED |= st.sampled_from([lambda s: s.replace("_", ""), lambda s: s[:-1], lambda s: s.partition("_")[0], lambda s: s[5:]])
BESIDE = {"notes.txt": b"x", "desktop.ini": b"", "__MACOSX/._ex04_set_bias.py": b"\0", ".git/HEAD": b"", "data/a.csv": b"1"}
BESIDE |= {f"exercises/{e.file}": e.stub.read_bytes() for e in (EXERCISES["1.4"], EXERCISES["5.4"])}
PACK = {"": None, "zip": zipped, "7z": lambda files: b"7z\xbc\xaf\x27\x1c", "rar": lambda files: b"Rar!\x1a\x07"}
PACK |= {kind: lambda files, kind=kind: tarred(files, kind) for kind in layouts.PACKERS}


@st.composite
def handed_in(draw):
    """An exercise, a right answer to it, and a learner's files: [(path,
    content)], of which the answer's is the last, in up to three archives.
    """
    e = draw(EXERCISE)
    answer = b"right: %d" % draw(st.integers(0, 9))  # nothing is run
    name = draw(PREFIX) + draw(CHANGED)(e.stem) + draw(SUFFIX) + draw(ENDING)
    beside = draw(st.lists(st.sampled_from(sorted(BESIDE)), max_size=3, unique=True))
    files = [(name, BESIDE[name]) for name in beside]
    path = "/".join([*draw(st.lists(FOLDER, max_size=4)), name]).replace(CHAPTER, e.chapter)
    files = [*(each for each in files if each[0] != path), (path, answer)]
    for kind in draw(st.lists(st.sampled_from(["", "zip", "zip", *PACK]), max_size=3)):
        if PACK[kind]:
            files = [("/".join([*draw(st.lists(FOLDER, max_size=1)), f"work.{kind}"]), PACK[kind](files))]
    return e.number, name, answer, files


@given(st.lists(handed_in(), min_size=4, max_size=4))
@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_right_answer_is_taken_or_named(tmp_path_factory, learners):
    """2,000 layouts: the answer's text is what is graded, or the file, or the
    archive that it is in, is on the list of what was not recognized.
    """
    top = tmp_path_factory.mktemp("class")
    for number, (_, _, _, files) in enumerate(learners):
        layouts.hand_in(top, {f"learner {number}/{path}": content for path, content in files})
    found = {one.learner: one for one in submissions.read_all(top, ALL)[0]}
    for number, (exercise, name, answer, files) in enumerate(learners):
        one = found[f"learner {number}"]
        archive = files[0][0] if len(files) == 1 else ""
        said = "\n".join([*one.unrecognized, *one.refused.values(), *one.choices])
        assert one.texts.get(exercise) == answer or name in said or (archive and archive in said), (files, one)
    shutil.rmtree(top)


# --- places that are not looked into ---


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    """Its exercises are refused, and those beside it graded."""
    layouts.hand_in(tmp_path, {f"anna/exercises/{EXERCISES['1.1'].file}": b"", "anna/ex04_set_bias.py": RIGHT})
    scandir = os.scandir

    def forbidden(path):
        if str(path).endswith("exercises"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", forbidden)
    (one,) = submissions.read_all(tmp_path, ALL)[0]
    assert one.texts == {"1.4": RIGHT} and one.unrecognized == ["exercises/ cannot be read: Permission denied"]
    assert one.refused["1.1"] == "exercises/ cannot be read: Permission denied; it was not graded."


def test_depth_and_number_have_limits(tmp_path, monkeypatch):
    """Beyond them, what is there is named."""
    deep = "a/" * 45
    layouts.hand_in(tmp_path, {f"anna/{deep}ex04_set_bias.py": RIGHT})
    layouts.hand_in(tmp_path, {"bob.zip": zipped([*((f"{i}.txt", b"") for i in range(100)), ("ex04_set_bias.py", RIGHT)])})
    monkeypatch.setattr(submissions, "Allowance", functools.partial(archives.Allowance, files=100))
    anna, bob = submissions.read_all(tmp_path, ALL)[0]
    assert "lies in more than 40 folders and is not looked into" in anna.refused["1.4"]
    assert bob.unrecognized == ["bob.zip cannot be read: it has more than 100,000 files"] and "1.4" in bob.refused


def test_loose_files_without_a_name_are_one_learner(tmp_path):
    """As where the folder of one learner is given."""
    layouts.hand_in(tmp_path / "anna", {"ex04_set_bias.py": RIGHT, "mine.py": b"", "roster.csv": b""})
    (one,), other = submissions.read_all(tmp_path / "anna", ALL)
    assert (one.learner, one.texts, one.unrecognized) == ("anna", {"1.4": RIGHT}, ["mine.py"]) and other == ["roster.csv"]
