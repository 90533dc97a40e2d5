"""pytest's hooks, and the fixtures of graded checks.

`learner` is the submission's module in its sandbox, `reference` the PyTorch
twin, `jax` the library over there, `inside` our own functions beside the
learner's. A graded check that reaches a stub is skipped as `todo`, so that
plain `pytest` is green in a fresh clone.
"""

import contextlib
import functools
import hashlib
import types
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from flaxkata import catalog, python_files, report
from flaxkata.exercise import Exercise
from flaxkata.judge import compare, deadline, options, outcomes, processes, pytest_private
from flaxkata.judge.errors import ExecutionError, SandboxUnavailable
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.pool import SandboxPool
from flaxkata.judge.proxy import Deferred, SeededRandom
from flaxkata.judge.run import ExerciseRun, GradingRun
from flaxkata.judge.session import STATE, SessionState


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the submission is, and how it is graded."""
    group = parser.getgroup("flaxkata", "grading exercises")
    group.addoption("--submission", metavar="PATH", help="folder laid out like exercises/, or one file")
    group.addoption("--here", action="store_true", help="run the learner's code in this process, for breakpoint()")
    group.addoption("--limit", type=float, default=options.LIMIT, help="seconds that one exercise may take")
    group.addoption("--shared", action="store_true", help="for code of ours: all files in one sandbox, one after another")
    group.addoption("--device", default="cpu", choices=["cpu", "gpu", "tpu"], help="where JAX computes")


def pytest_configure(config: pytest.Config) -> None:
    """A run of the submission that the command line names, for plain pytest."""
    config.addinivalue_line("markers", "points(n): what a graded check is worth; 1 by default")
    pytest_private.plain_tracebacks(config)
    submission = Path(config.getoption("--submission") or config.rootpath / "exercises")
    limit, device, here, shared = (config.getoption(o) for o in ("--limit", "--device", "--here", "--shared"))
    pool = SandboxPool(config.rootpath)
    run = GradingRun(submission, GradeOptions(device, limit, here, shared), pool)
    config.stash[STATE] = SessionState(config.rootpath, pool, run)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> None:
    """Before the first file of graded checks imports PyTorch, JAX starts to be
    imported next door.
    """
    state = parent.config.stash[STATE]
    if not state.run.options.here and catalog.of_tests(state.root, file_path):
        processes.start(state.run.options.device, state.root)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the sandboxes."""
    session.config.stash[STATE].close()


# --- fixtures ---


def exercise_of(item: pytest.Item) -> Exercise | None:
    """The exercise that a test checks; None for a test of another kind."""
    return catalog.of_tests(item.config.stash[STATE].root, item.path)


@pytest.fixture
def exercise_run(request: pytest.FixtureRequest) -> ExerciseRun:
    """The exercise of this check, in the current run."""
    exercise = exercise_of(request.node)
    if exercise is None:
        pytest.fail(f"{request.node.path} does not belong to an exercise; graded checks are in tests/<chapter>/.")
    return request.config.stash[STATE].run.of(exercise)


@pytest.fixture
def learner(exercise_run: ExerciseRun) -> Deferred:
    """The submission's module over there: `learner.set_bias(variables, "fc1",
    2.0)`.
    """
    return Deferred(exercise_run.learner_module, exercise_run.calls)


@pytest.fixture
def inside(exercise_run: ExerciseRun) -> Deferred:
    """The functions of `inside_<exercise>.py`, which run beside the
    learner's.
    """
    return Deferred(exercise_run.inside_module)


@pytest.fixture
def jax(exercise_run: ExerciseRun) -> Deferred | SeededRandom:
    """The `jax` of the sandbox: `jax.jit(learner.forward)(variables, x)`."""
    library, secret = Deferred(lambda: exercise_run.living_executor().library("jax")), exercise_run.run.options.secret
    return SeededRandom(library, _seed(secret) % 2**30) if secret else library


@pytest.fixture
def reference(exercise_run: ExerciseRun) -> types.SimpleNamespace:
    """The PyTorch section of the exercise's pristine solution, executed here;
    `source` is its text.
    """
    exercise = exercise_run.exercise
    source = python_files.blank(exercise.solution.read_text("utf-8"), python_files.JAX)
    space: dict[str, Any] = {"__name__": f"reference_{exercise.slug}"}
    exec(_compiled(source, str(exercise.solution)), space)
    return types.SimpleNamespace(source=source, **{k: v for k, v in space.items() if not k.startswith("__")})


@functools.cache
def _compiled(source: str, path: str) -> types.CodeType:
    return compile(source, path, "exec", dont_inherit=True)


# --- one check ---


def _seed(text: str) -> int:
    """63 bits, from which nobody gets back to `text`."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Seeded inputs: the same in every run, different for every check.

    `torch.manual_seed` seeds every device, and formats a stack for each that
    was not used yet: 2 ms of a check's 10.
    """
    if exercise := exercise_of(item):
        import torch

        run = item.config.stash[STATE].run
        torch.set_num_threads(1)
        secret, name = run.options.secret, f"{exercise.slug}::{item.name}"
        torch.default_generator.manual_seed(_seed(f"{secret}:{name}") if secret else zlib.crc32(name.encode()))
        compare.start_recording(run.options.tolerance_scale)
        run.of(exercise).calls.clear()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """A check ends in time, whatever it has to do with an answer. With `--here`
    somebody may sit at a breakpoint.
    """
    state, exercise = pyfuncitem.config.stash[STATE], exercise_of(pyfuncitem)
    if exercise is None or state.run.options.here:
        return (yield)
    run = state.run.of(exercise)
    with contextlib.suppress(ExecutionError):  # which the check will meet again
        run.living_executor()
    with deadline.within(run.seconds_left):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn what happened into the outcome of a graded check, for pytest and for
    the run.
    """
    error = call.excinfo.value if call.excinfo else None  # before pytest-check puts its own there
    result = yield
    exercise = exercise_of(item)
    if exercise is None or call.when == "teardown" or (call.when == "setup" and result.passed):
        return result
    if isinstance(error, SandboxUnavailable):
        pytest.exit(str(error), returncode=3)  # no answer was looked at
    run, recording = item.config.stash[STATE].run.of(exercise), compare.current
    failures, limits = recording.failures[: report.MOST_FINDINGS], run.executor.protections if run.executor else []
    findings = [c.finding for c in failures]
    stub_reached, begin = run.stub_reached, recording.begin
    outcome, findings = outcomes.outcome_of(error, stub_reached, result.failed, findings, exercise, limits, begin)
    if run.refused and outcome not in (report.Outcome.PASSED, report.Outcome.TODO):
        findings = [*findings, outcomes.refusals(run.refused)]
    findings = [report.printable(words) for words in findings]  # they quote the learner's code
    if error is not None:
        failures.append(compare.in_setting(outcomes.failure_of(error, outcome)))
    findings, failures = [report.cut(words) for words in findings], [c.cut() for c in failures]
    _tell_pytest(result, outcome, findings, item)
    seconds, calls, line = round(call.duration, 3), sorted(run.calls), (item.location[1] or 0) + 1
    check = report.Check(
        item.name, _sentence(item), _points(item), outcome, findings, seconds, failures, calls, recording.nearest, line
    )
    run.record(check, recording.curves)
    return result


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Under plain pytest, an exercise's executor is given back after its last
    check; a grading session does so itself.
    """
    state, exercise = item.config.stash[STATE], exercise_of(item)
    if exercise and state.plain and (nextitem is None or exercise_of(nextitem) != exercise):
        state.run.finish(exercise)


def _sentence(item: pytest.Item) -> str:
    """The first paragraph of a check's docstring."""
    docstring = getattr(getattr(item, "function", None), "__doc__", "") or item.name
    return python_files.sentence(docstring)


def _points(item: pytest.Item) -> int:
    mark = item.get_closest_marker("points")
    return int(mark.args[0]) if mark else 1


def _tell_pytest(result: pytest.TestReport, outcome: report.Outcome, findings: list[str], item: pytest.Item) -> None:
    if outcome == report.Outcome.TODO:
        result.outcome = "skipped"
        result.longrepr = (str(item.path), item.location[1] or 0, f"todo: {' '.join(findings) or 'your code here'}")
    elif outcome != report.Outcome.PASSED:
        result.outcome = "failed"
        result.longrepr = "\n".join(findings) or result.longrepr
