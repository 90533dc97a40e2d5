"""What became of a check: its outcome, and what to tell the learner of an
exception.
"""

import ast
import re

from flaxkata import python_files
from flaxkata.exercise import Exercise
from flaxkata.judge import remedies
from flaxkata.judge.errors import Killed, LearnerError, StubReached, Timeout, Unloadable
from flaxkata.report import Comparison, Outcome

FLAX_NAMES = ("kernel", "bias", "scale", "embedding", "mean", "var")  # of what Flax's layers have in variables
MOST, HEAD, TAIL = 320, 160, 150  # characters of an exception's message that are shown


def outcome_of(
    error: BaseException | None,
    stub_reached: bool,
    failed: bool,
    findings: list[str],
    exercise: Exercise,
    limits: list[str],
    begin: str = "",
) -> tuple[Outcome, list[str]]:
    """The outcome of a check, and what to tell the learner. `error` ended it,
    or None; `failed` is what pytest says, `findings` what comparisons found;
    `limits` is what confined the code, `begin` how a sentence begins that says
    with which inputs the check was trying it.
    """
    match error:
        case StubReached(kind="FileNotFoundError"):
            return Outcome.TODO, [
                f"{error.message[:1].upper()}{error.message[1:]}; `kata reset {exercise.number}` writes a new one."
            ]
        case _ if stub_reached or isinstance(error, StubReached):
            return Outcome.TODO, []
        case None:
            return (Outcome.FAILED if findings or failed else Outcome.PASSED), findings
        case Timeout():
            return Outcome.TIMEOUT, [*findings, str(error)]
        case Killed():
            return Outcome.KILLED, [*findings, str(error)]
        case LearnerError():
            return Outcome.BROKEN, [*findings, explain(error, exercise, limits, begin)]
    # A graded check is meant to cope with whatever an answer returns; what it could not, it says as it is.
    return Outcome.FAILED, [*findings, f"The check could not go on: {type(error).__name__}: {error}"]


def explain(error: LearnerError, exercise: Exercise, limits: list[str], begin: str = "") -> str:
    """An exception of the learner's code, with their own lines. `begin` says
    with which inputs the check was trying it.
    """
    return explained(error, _cause(error, exercise, limits), begin)


def explained(error: LearnerError, cause: str, begin: str = "") -> str:
    """The same, where the `cause` is known that the message does not say by
    itself.
    """
    what = f"{error.kind}: {_short(remedies.readable(error.message))}" if error.message not in ("", "None") else error.kind
    if error.kind == "SystemExit":
        what = "SystemExit: it called exit()"
    if cause:
        what = f"{what.rstrip('.')}. {cause}"
    if isinstance(error, Unloadable):
        words = f"The file could not be loaded: {what}" if error.where == "loading the file" else error.message
        words = words[:1].upper() + words[1:]
    else:
        words = f"{begin}`{error.where}` raised {what}"
    lines = [f"  line {line}, in {name}: {text}" for _, line, name, text in error.frames if text]
    return "\n".join([words, *lines])


def _cause(error: LearnerError, exercise: Exercise, limits: list[str]) -> str:
    """What the message of an exception does not say by itself."""
    if (
        error.kind == "NameError"
        and (name := re.search(r"name '(\w+)'", error.message))
        and name[1] in _pytorch_names(exercise)
    ):
        return f"The PyTorch section does not run with your code; import `{name[1]}` in the JAX section if you need it"
    if error.kind == "bdb.BdbQuit" or (error.kind == "EOFError" and "reading a line" in error.message):
        return f"Your code has no keyboard here: breakpoint() and input() need `kata grade {exercise.number} --here`"
    if error.kind == "PermissionError" and limits:
        return f"Graded code {'; it '.join(limits)}"
    if error.kind == "RuntimeError" and "Array has been deleted" in error.message and not error.frames:
        return "It was passed to a compiled function that donates this argument: its memory was reused."
    return remedies.remedy(error.message)


def refusals(calls: list[str]) -> str:
    """What to tell of system calls that were refused: a library may have made
    them, and kept it to itself.
    """
    return (
        f"The system refused what graded code may not do: {', '.join(calls)}. "
        "If your answer needs this, or a library that it uses does, tell your instructor."
    )


def _pytorch_names(exercise: Exercise) -> set[str]:
    """The names that the PyTorch section imports or defines."""
    names: set[str] = set()
    for node in ast.parse(python_files.blank(exercise.solution.read_text("utf-8"), python_files.JAX)).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return names


def _short(message: str) -> str:
    """The first paragraph without links, its middle left out where it is long
    (Flax prints whole modules).
    """
    words = " ".join(re.sub(r"\(?https?://\S+", "", message.strip().partition("\n\n")[0]).split())
    words = re.split(r" The error occurred while tracing| This \w*Tracer with object id", words)[0]
    return words if len(words) <= MOST else f"{words[:HEAD].rstrip()} ... {words[-TAIL:].lstrip()}"


def failure_of(error: BaseException, outcome: Outcome) -> Comparison:
    """An exception as a failed comparison: where, and which one, without what a
    learner is free to choose: of one that they raise, its words.
    """
    if not isinstance(error, LearnerError):
        return Comparison("", str(outcome), type(error).__name__)
    if error.by_hand:
        return Comparison(error.where, "raised", f"{error.kind}, raised by the answer")
    first = error.message.partition("\n")[0]
    if "." in error.kind:  # JAX's and Flax's messages quote the learner's names, and Flax's own; their numbers are shapes
        words = re.findall(f'"({"|".join(FLAX_NAMES)})"', first)
        detail = " ".join(words + re.findall(r"\d+", re.sub(r"\(?http\S+|\"[^\"]*\"|'[^']*'", "", first)))
    else:
        # Two right computations print different last digits, addresses and temporary folders.
        detail = re.sub(r"0x[0-9a-f]+|\d+\.\d*(e[-+]?\d+)?|/\S+", "#", first)
    return Comparison(error.where, "raised", f"{error.kind}: {detail}")
