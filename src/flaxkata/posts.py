"""What a learner's machine posts to a board: verdicts, and files that the
learner shares; and what a board offers it. A verdict has nothing of the code.
"""

import builtins
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from flaxkata import report

MOST_BYTES = 1_000_000  # of one post
MOST_NAME = 60  # characters of a name that are kept; the rest is cut
MOST_QUESTION = 2_000  # characters
MOST_FILE = 200_000
LIBRARIES = ("jax", "jaxlib", "flax", "numpy", "optax")  # whose errors the grader keeps without a learner's names
MOST_RECORDS = 200  # of mistakes, that a board has
ROOM = 600_000  # bytes of a verdict: its comparisons are left out from the last, until it fits

Number = Annotated[str, Meta(pattern=r"^[0-9]{1,3}\.[0-9]{1,3}\Z")]
Word = Annotated[str, Meta(max_length=200)]
Origin = Literal["grade", "watch", "notebook"]


class Check(Struct, frozen=True, omit_defaults=True):
    """One check: its outcome, the learner's functions that it called, and the
    comparisons that failed, without the sentence for the learner.
    """

    name: Word
    outcome: report.Outcome
    calls: Annotated[list[Word], Meta(max_length=100)] = []
    failures: Annotated[list[report.Comparison], Meta(max_length=report.MOST_FINDINGS)] = []

    @property
    def wrong(self) -> bool:
        return report.Check(self.name, "", 0, self.outcome).wrong


class Verdict(Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="verdict"):
    """The result of one exercise, the names of the mistakes that it shows, and
    the failing checks that none of them explains. `origin` says where it was
    graded.
    """

    exercise: Number
    state: report.State
    score: Annotated[int, Meta(ge=0, le=1_000)]
    max_score: Annotated[int, Meta(ge=0, le=1_000)]
    origin: Origin
    mistakes: Annotated[list[Word], Meta(max_length=20)] = []
    checks: Annotated[list[Check], Meta(max_length=100)] = []
    unnamed: Annotated[list[Word], Meta(max_length=100)] = []

    @property
    def wrong(self) -> bool:
        """Attempted, and not right."""
        return any(check.wrong for check in self.checks)


class Share(Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="share"):
    """A raised hand: a file as it is, and a question."""

    exercise: Number
    text: Annotated[str, Meta(max_length=MOST_FILE)]
    question: Annotated[str, Meta(max_length=MOST_QUESTION)] = ""


What = Verdict | Share


class Post(Struct, frozen=True):
    """One thing that is told to the board, once: `id` is made by the learner's
    machine, and `age` is how many seconds ago it happened.
    """

    id: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
    age: Annotated[float, Meta(ge=0)]
    what: What


class Offered(Struct, frozen=True):
    """The records of mistakes that a board has, each by its digest; `digest`
    changes when one comes or goes.
    """

    digest: Annotated[str, Meta(max_length=64)]
    records: Annotated[list[Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]], Meta(max_length=MOST_RECORDS)] = []


class Malformed(ValueError):
    """What was received is not what is sent here; the message says why."""


def verdict(result: report.Exercise, origin: Origin) -> Verdict:
    """What a board is told of a result."""
    checks = [Check(c.name[:200], c.outcome, _words(c.calls), [*map(told, c.failures)]) for c in result.checks[:100]]
    mistakes = _words([m.slug for m in result.mistakes])[:20]
    points, unnamed = (result.score, result.max_score), _words(result.unnamed)
    return _fitting(Verdict(result.id, result.state, *points, origin, mistakes, checks, unnamed))


def _words(words: Sequence[str]) -> list[str]:
    return [word[:200] for word in words[:100]]


def told(comparison: report.Comparison) -> report.Comparison:
    """What a board is told of a comparison that failed. Python's message of an
    error may quote the learner's code: a digest stands for it, the same for the
    same message.
    """
    found = replace(comparison.cut(), finding="")
    kind = re.split("[:,]", found.detail)[0]
    if found.outcome != "raised" or kind.split(".")[0] in LIBRARIES:
        return found
    known = hashlib.sha256(found.detail.encode()).hexdigest()[:16]
    return replace(found, detail=f"{kind if hasattr(builtins, kind) else 'an error of their own'} #{known}")


def in_short(failed: report.Comparison) -> str:
    """What was called, and how it differed first."""
    how = {"raised": "raised", "finite": "not finite"}.get(failed.outcome, f"differs in {failed.outcome}")
    return f"{report.one_line(failed.label, 200)}: {how} {report.one_line(failed.detail, 200)}".rstrip()


def _fitting(found: Verdict) -> Verdict:
    """The same, without the comparisons for which there is no room."""
    left, checks = ROOM, []
    for check in found.checks:
        sizes = [len(to_json(f)) for f in check.failures]
        count = next((n for n in range(len(sizes)) if sum(sizes[: n + 1]) > left), len(sizes))
        left -= sum(sizes[:count])
        checks.append(msgspec.structs.replace(check, failures=check.failures[:count]))
    return msgspec.structs.replace(found, checks=checks)


def to_json(what: Any) -> str:
    """As JSON in ASCII, in which NaN stays NaN."""
    return json.dumps(msgspec.to_builtins(what))


def read(content: bytes | str, kind: Any = Post) -> Any:
    """What `to_json` wrote, as a `kind`. Raises Malformed."""
    try:
        return msgspec.convert(json.loads(content), kind)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from None
