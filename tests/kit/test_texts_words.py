"""The words of docs/words.md: each exercise says some, each of them is there,
and what became of the words of older code is measured.
"""

import contextlib
import re

import fresh
import words

from flaxkata import catalog, python_files

EXERCISES = catalog.exercises(fresh.ROOT)
OLDER = {word: today for exercise in EXERCISES for word, today in exercise.older.items()}
# What the page must say of these, with the versions that pyproject.toml pins.
BECAME = {
    "clu.metrics": words.ABSENT,
    "flax.core.FrozenDict": words.WORKS,
    "flax.optim": words.GONE,
    "flax.training.train_state.TrainState": words.WORKS,
    "jax.experimental.host_callback": words.GONE,
    "jax.experimental.maps.xmap": words.GONE,
    "jax.experimental.optimizers": words.GONE,
    "jax.experimental.pjit.pjit": words.WARNS,
    "jax.pmap": words.WORKS,
    "jax.random.PRNGKey": words.WORKS,
    "jax.tree_map": words.GONE,
    "jax.tree_util.tree_map": words.WORKS,
    "kernel.value": words.WARNS,
    "optimizer.update(grads)": words.RAISES,
}


def is_there(word, exercise):
    """Whether a word stands in the exercise's text, its code or its hints, or
    is a name that can be imported.
    """
    text = " ".join(" ".join([exercise.solution.read_text("utf-8"), *exercise.hints]).split())
    if word in text:
        return True
    with contextlib.suppress(ImportError, AttributeError):
        words.found(word)
        return True
    return False


def test_every_exercise_has_words(exercise):
    """And each of them, on either side, is there."""
    assert exercise.words
    said = [word for pair in exercise.words.items() for word in pair] + list(exercise.older.values())
    assert [word for word in said if not is_there(word, exercise)] == []


def test_what_became_of_older_words():
    """The page says of each what a program finds that uses it."""
    page = (fresh.ROOT / "docs" / "words.md").read_text("utf-8")
    shown = dict(re.findall(r"^\| `([^`]+)` +\| ([a-z ]+?) +\| `", page, re.MULTILINE))
    assert shown == {word: words.what_became_of(word) for word in OLDER}
    assert BECAME.items() <= shown.items()


def test_words_decide_no_verdict():
    """An exercise without its words has the text that it had before they were
    written.
    """
    without = 'HINTS = (\n    "one",\n)\n\nDEVICES = 8\n\n\ndef test_it():\n    pass\n'
    said = without.replace(")\n\nD", ')\n\nWORDS = {\n    "a": "b",\n}\n\nOLDER = {"c": "d"}\n\nD', 1)
    assert python_files.without_words(said) == python_files.without_words(without) == without


def test_a_pair_that_comes_again_is_shown_once():
    table = words.words(EXERCISES)
    rows = re.findall(r"^\| (`.+?` +\| `.+?`) +\| [\d., ]+\|$", table, re.MULTILINE)
    assert len(rows) == len(set(rows)) == len({pair for e in EXERCISES for pair in e.words.items()})
