"""What a run puts into a cluster: a warm judge in each worker process, and what
ends them with the run.
"""

import asyncio
import contextlib
import shutil
import time
from dataclasses import replace
from pathlib import Path

from distributed import Reschedule, Scheduler, SchedulerPlugin, Worker, WorkerPlugin, get_worker

from flaxkata import catalog, files
from flaxkata.exercise import Exercise
from flaxkata.instructor import engine
from flaxkata.instructor.cluster import installation, messages
from flaxkata.judge import workers
from flaxkata.judge.options import GradeOptions
from flaxkata.wire import Confinement

FORGOTTEN = 2 * 86400  # seconds
RESOURCE = "judge"  # what a worker offers one of, and each job uses


class Unfit(Exception):
    """A worker cannot grade; the message says why."""


class JudgePlugin(WorkerPlugin):  # type: ignore[misc]
    """A judge in a worker that offers one. A worker that comes during the run
    and would grade differently, or cannot, leaves again.
    """

    def __init__(self, run: str, options: bytes, ours: installation.Installation) -> None:
        """`run` names the folder that a machine's workers share."""
        self.name = f"kata-{run}"
        self._options, self._ours = options, ours
        self._judge: workers.Worker | None = None

    async def setup(self, worker: Worker) -> None:
        """Start the judge. Raises Unfit."""
        if RESOURCE not in worker.state.total_resources:
            return
        self._worker = worker
        self._shared = _shared_folder(worker, self.name)
        try:
            await asyncio.to_thread(self._start)
        except Exception as error:
            self._leave()
            raise Unfit(f"{worker.name} at {worker.address}: {error}") from error

    def _start(self) -> None:
        exercises = [e for e in catalog.exercises(installation.root()) if e.number in self._ours.exercises]
        if words := list(installation.differences(installation.of(exercises), self._ours)):
            raise Unfit("; ".join(words))
        self._exercises = {e.number: e for e in exercises}
        self._judge = engine.judge(exercises[0].root, self._folder / "judge", self._settings(exercises[0]))
        if not self._judge.warm():
            raise Unfit("its judge does not start; the worker's log says why")

    @property
    def _folder(self) -> Path:
        return Path(self._worker.local_directory) / "kata"

    def _settings(self, one: Exercise) -> GradeOptions:
        """How to grade, with the folders of this machine."""
        hidden = (one.root, one.course, self._shared)
        confinement = Confinement(str(self._folder), tuple(map(str, hidden)))
        return replace(messages.read_options(self._options), confinement=confinement, fingerprints=self._shared)

    def grade(self, job: bytes) -> bytes:
        """The result of a job. Raises Reschedule where none can be had."""
        if not (judge := self._judge):
            raise Reschedule
        order = messages.read_order(job)
        graded = judge.grade(workers.Job(self._exercises[order.exercise], order.content, known=order.known))
        if isinstance(graded, str) and self._judge and not judge.warm():
            self._leave()
            raise Reschedule
        return messages.graded_bytes(graded)

    def _leave(self) -> None:
        """Have other workers do what is to be done here."""
        self._worker.loop.add_callback(self._worker.close, reason="flaxkata-cannot-grade-here")

    async def teardown(self, worker: Worker) -> None:
        """End the judge."""
        judge, self._judge = self._judge, None
        if judge:
            judge.close()
            await asyncio.to_thread(files.remove, self._folder)
            shutil.rmtree(self._shared, ignore_errors=True)


def _shared_folder(worker: Worker, name: str) -> Path:
    """For what the workers of a machine find out on a run's inputs. What killed
    ones left long ago is removed.
    """
    place = Path(worker.local_directory).parent
    for old in place.glob("kata-*"):
        with contextlib.suppress(FileNotFoundError):  # others look too
            if time.time() - old.stat().st_mtime > FORGOTTEN:
                files.remove(old)
    (place / name).mkdir(mode=0o700, exist_ok=True)
    return place / name


class RunEnd(SchedulerPlugin):  # type: ignore[misc]
    """Removes the judges when the instructor's client goes, however it goes."""

    def __init__(self, client: str, judges: str) -> None:
        self._client, self._judges = client, judges
        self.name = f"{judges}-end"

    def remove_client(self, scheduler: Scheduler, client: str) -> None:
        """Called by the scheduler for each client that goes."""
        if client == self._client:
            scheduler.loop.add_callback(scheduler.unregister_worker_plugin, None, name=self._judges)
            scheduler.loop.add_callback(scheduler.remove_plugin, self.name)


def grade(name: str, job: bytes) -> bytes:
    """The task: what the judge of this worker says."""
    plugin: JudgePlugin = get_worker().plugins[name]
    return plugin.grade(job)
