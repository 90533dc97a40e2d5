"""The instructor's side: jobs go to a Dask cluster, and Dask sees to workers
that come, leave or die.
"""

import contextlib
import secrets
import time
from collections.abc import Iterator, Mapping
from itertools import islice

import msgspec
from distributed import Client, Future, KilledWorker, as_completed

from flaxkata.instructor.cluster import fitness, installation, messages
from flaxkata.instructor.cluster.plugins import RESOURCE, JudgePlugin, RunEnd, Unfit, grade
from flaxkata.instructor.engine import EngineFailed, Graded, Results
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.workers import Job

AHEAD = 3  # jobs for each judge that the scheduler has at once
FEWEST = 16  # jobs that it has at once, however few judges there are
PATIENCE = 15  # seconds to wait for the scheduler to answer


class DaskEngine:
    """The workers of a Dask cluster that offer a judge. Dask's own
    configuration says which security is used.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self.judges, self._counted_at = 0, 0.0

    def grade(self, jobs: Mapping[str, Job], options: GradeOptions) -> Results:
        """As Engine says. A worker that would grade differently is refused
        before anything is graded.
        """
        if not jobs:
            return
        with self._connected() as client:
            exercises = {job.exercise.number: job.exercise for job in jobs.values()}
            ours = installation.of(list(exercises.values()))
            fitness.check(client, ours, self._address)
            yield from self._results(client, _with_judges(client, options, ours), jobs)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Client]:
        """The judges end when the client goes."""
        try:
            client = Client(self._address, timeout=PATIENCE, name="kata-cohort", set_as_default=False, direct_to_workers=False)
        except (OSError, TypeError, ValueError, RuntimeError) as error:
            words = f"No Dask scheduler answers at {self._address}: {error}. Start one: dask scheduler"
            raise EngineFailed(words) from None
        try:
            yield client
        except OSError as error:
            raise self._gone() from error
        finally:
            client.close()

    def _gone(self) -> EngineFailed:
        words = f"Stopped: the scheduler at {self._address} is gone."
        return EngineFailed(f"{words} What is graded is kept; run the same command to resume.")

    def _results(self, client: Client, name: str, jobs: Mapping[str, Job]) -> Results:
        """Few jobs are with the scheduler at a time, so that it needs little
        memory, however many there are.
        """
        waiting, keys = iter(jobs.items()), dict[str, str]()
        done = as_completed(loop=client.loop, with_results=True, raise_errors=False)
        while True:
            self._count(client)
            room = max(FEWEST, AHEAD * self.judges) - len(keys)
            if some := dict(islice(waiting, max(0, room))):
                futures = _submit(client, name, list(some.values()))
                keys |= {future.key: key for future, key in zip(futures, some, strict=True)}
                done.update(futures)
            if not keys:
                return
            self._wait(client, done)
            answers = done.next_batch(block=False)
            yield {keys.pop(future.key): _graded(future, answer) for future, answer in answers if not future.cancelled()}
            if any(future.cancelled() for future, _ in answers):
                raise self._gone()

    def _wait(self, client: Client, done: as_completed) -> None:
        """Until a result is there; count the judges meanwhile."""
        while not done.has_ready():
            self._count(client)
            time.sleep(0.01)

    def _count(self, client: Client) -> None:
        if time.monotonic() - self._counted_at > 2:
            self.judges = len(fitness.offering(client))
            self._counted_at = time.monotonic()


def _graded(future: Future, answer: object) -> Graded:
    """What became of a job that is done."""
    if future.status == "error":
        why = future.exception()
        return "each worker that had it ended" if isinstance(why, KilledWorker) else f"{type(why).__name__}: {why}"
    assert isinstance(answer, bytes)
    try:
        return messages.read_graded(answer)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        return f"its result cannot be read: {error}"


def _with_judges(client: Client, options: GradeOptions, ours: installation.Installation) -> str:
    """Have each worker start its judge; the name of the plugin. Raises
    EngineFailed.
    """
    plugin = JudgePlugin(secrets.token_hex(4), messages.options_bytes(options), ours)
    client.register_plugin(RunEnd(client.id, plugin.name))
    try:
        client.register_plugin(plugin)
    except Unfit as error:
        raise EngineFailed(f"Nothing was graded: {error}.") from None
    return plugin.name


def _submit(client: Client, name: str, jobs: list[Job]) -> list[Future]:
    """The futures of jobs. Their keys say which exercise, and nothing else of
    the submission.
    """
    batch = secrets.token_hex(4)
    keys = [f"grade-{job.exercise.number}-{batch}-{i}" for i, job in enumerate(jobs)]
    orders = [messages.job_bytes(job) for job in jobs]
    return client.map(grade, [name] * len(jobs), orders, key=keys, pure=False, resources={RESOURCE: 1})
