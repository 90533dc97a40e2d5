"""What docs/words.md shows: which of PyTorch's words is which of JAX's or
Flax's, and what became of the words of older code. Each exercise says its own,
in WORDS and OLDER at the top of its graded tests; `docs.py` writes the page.
"""

import contextlib
import importlib
import logging
import re
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from flaxkata.exercise import Exercise

BLOCK = re.compile(r"(<!-- (words|older words) -->\n\n)(.*?)(\n\n<!-- end -->)", re.DOTALL)
SHORT = {"nn": "flax.linen", "nnx": "flax.nnx", "jnp": "jax.numpy", "F": "torch.nn.functional"}
GONE, WARNS, WORKS, RAISES, ABSENT = "is gone", "warns", "still works", "raises an error", "is not installed here"

NNX = "import optax\nfrom flax import nnx\nmodel = nnx.Linear(2, 3, rngs=nnx.Rngs(0))\n"
TRAIN = NNX + "optimizer = nnx.Optimizer(model, optax.sgd(0.1), wrt=nnx.Param)\n"
TRAIN += "grads = nnx.grad(lambda m: m.kernel.sum())(model)\n"
# Older words that are not names: how each is tried.
TRIED = {
    "kernel.value": NNX + "model.kernel.value",
    "nnx.Optimizer(model, tx)": NNX + "nnx.Optimizer(model, optax.sgd(0.1))",
    "optimizer.update(grads)": TRAIN + "optimizer.update(grads)",
}


def page(text: str, exercises: list[Exercise]) -> str:
    """The text of the page, with the tables that the exercises give."""

    def block(found: re.Match[str]) -> str:
        made = {"words": words, "older words": older}[found[2]](exercises)
        return "".join([found[1], made, found[4]])

    return BLOCK.sub(block, text)


def words(exercises: list[Exercise]) -> str:
    """A table for each chapter. A pair that comes again is shown where it comes
    first, with all exercises that teach it.
    """
    taught: dict[tuple[str, str], list[str]] = {}
    for exercise in exercises:
        for pair in exercise.words.items():
            taught.setdefault(pair, []).append(exercise.number)
    chapters: dict[str, list[tuple[str, ...]]] = {}
    chapter_of = {exercise.number: exercise.chapter for exercise in exercises}
    for (torchs, flaxs), numbers in taught.items():
        row = (_code(torchs), _code(flaxs), ", ".join(numbers))
        chapters.setdefault(chapter_of[numbers[0]], []).append(row)
    return "\n\n".join(f"### {_title(c)}\n\n{_table(('PyTorch', 'JAX, Flax', 'here'), rows)}" for c, rows in chapters.items())


def older(exercises: list[Exercise]) -> str:
    """What became of each word of older code, measured, and what to write."""
    rows = [(_code(word), what_became_of(word), _code(today), e.number) for e in exercises for word, today in e.older.items()]
    measured = f"Measured with JAX {version('jax')} and Flax {version('flax')}:"
    return f"{measured}\n\n{_table(('older code', 'today', 'write', 'here'), sorted(rows, key=lambda row: row[0].lower()))}"


def _title(chapter: str) -> str:
    number, name = re.fullmatch(r"ch0*(\d+)_(\w+)", chapter).groups()
    return f"{number}. {name.upper() if name == 'nnx' else name.capitalize()}"


def _code(word: str) -> str:
    return "`" + word.replace("|", "\\|") + "`"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    shown = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join([shown[0], "| " + " | ".join("-" * w for w in widths) + " |", *shown[1:]])


# --- what there is ---


def found(word: str) -> Any:
    """What a dotted name stands for, such as `nn.Dense(out)` or `jax.jit`;
    arguments do not count. Raises ImportError or AttributeError.
    """
    first, *rest = word.partition("(")[0].split(".")
    parts = [*SHORT.get(first, first).split("."), *rest]
    if len(parts) == 1 and not parts[0].isidentifier():
        raise ImportError(word)
    thing, names = importlib.import_module(parts[0]), parts[1:]
    for i, name in enumerate(names):
        if not hasattr(thing, name):  # a module that nobody has imported yet
            with contextlib.suppress(ImportError):
                importlib.import_module(".".join(parts[: i + 2]))
        thing = getattr(thing, name)
    return thing


def what_became_of(word: str) -> str:
    """What an older word does today, tried here."""
    try:
        with _complaints() as complaints:
            if word in TRIED:
                exec(TRIED[word], {})
            else:
                found(word)
    except ModuleNotFoundError as error:
        return ABSENT if error.name == word.partition(".")[0] else GONE
    except AttributeError:
        return GONE
    except Exception:
        return RAISES
    return WARNS if complaints else WORKS


@contextlib.contextmanager
def _complaints() -> Iterator[list[str]]:
    """What is said to be deprecated meanwhile, as a warning or in absl's
    log.
    """
    said: list[str] = []
    handler, log = logging.Handler(), logging.getLogger("absl")
    handler.emit = lambda record: said.append(record.getMessage())
    log.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield said
    finally:
        log.removeHandler(handler)
        said += [str(w.message) for w in caught]
        said[:] = [text for text in said if "deprecated" in text]
