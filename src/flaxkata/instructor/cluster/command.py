"""What the command line needs of a cluster, with Dask imported when used."""

import gc
from typing import Annotated

import typer
from rich.progress import ProgressColumn, Task
from rich.text import Text

from flaxkata.instructor.engine import Engine, EngineFailed, LocalEngine
from flaxkata.judge import workers

MISSING = 'needs Dask: python -m pip install "flaxkata[dask]"'


def engine(scheduler: str | None, count: int) -> Engine:
    """The cluster of this scheduler, or `count` judges here. Raises
    EngineFailed.
    """
    if not scheduler:
        return LocalEngine(count)
    try:
        from flaxkata.instructor.cluster.dask_engine import DaskEngine
    except ImportError as error:
        raise EngineFailed(f"--scheduler {MISSING} ({error})") from None
    return DaskEngine(scheduler)


def size(scheduler: str | None, engine: Engine) -> list[ProgressColumn]:
    """What progress shows of a cluster."""
    return [Judges(engine)] if scheduler else []


class Judges(ProgressColumn):
    """How many judges are at work."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def render(self, task: Task) -> Text:
        """As of now."""
        count = self._engine.judges
        return Text(f"{count} judge{'s' * (count > 1)}" if count else "no judges yet")


def worker(
    context: typer.Context,
    scheduler: Annotated[str, typer.Argument(metavar="ADDRESS", help="of the Dask scheduler: tcp://10.0.0.1:8786")],
    judges: Annotated[
        int, typer.Option("--workers", help="judges at once, each uses one processor and 1 GB; by default one per core", min=0)
    ] = 0,
) -> None:
    """Grade on this machine for `kata cohort --scheduler`.

    Takes the options of `dask worker` too, such as --name and --tls-cert.
    """
    try:
        from distributed.cli import dask_worker

        from flaxkata.instructor.cluster.plugins import RESOURCE
    except ImportError as error:
        typer.echo(f"`kata worker` {MISSING} ({error})", err=True)
        raise typer.Exit(2) from None
    gc.enable()  # this process stays
    count = judges or workers.cores()
    own = ["--nworkers", str(count), "--nthreads", "1", "--resources", f"{RESOURCE}=1", "--no-dashboard"]
    dask_worker.main([scheduler, *own, *context.args], prog_name="kata worker")
