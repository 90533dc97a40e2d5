"""Whether a cluster would grade as the instructor's machine does, before
anything is graded.
"""

import msgspec
from distributed import Client

from flaxkata.instructor.cluster import installation
from flaxkata.instructor.cluster.installation import Installation
from flaxkata.instructor.cluster.plugins import RESOURCE
from flaxkata.instructor.engine import EngineFailed


def offering(client: Client) -> dict[str, str]:
    """The names of the workers that offer a judge, by address."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return {address: str(found["name"]) for address, found in workers.items() if found["resources"].get(RESOURCE)}


def check(client: Client, ours: Installation, address: str) -> None:
    """Raises EngineFailed where no worker offers a judge, or one would grade
    differently.
    """
    _check_scheduler(client, address)
    names = offering(client)
    if not names:
        raise EngineFailed(f"No worker of the scheduler at {address} offers a judge. Start some: kata worker {address}")
    answers = client.run(installation.on_worker, list(ours.exercises), workers=list(names), on_error="return")
    if refused := [f"{names[at]} at {at}: {words}" for at, found in answers.items() if (words := _differences(found, ours))]:
        advice = f"Nothing was graded. Install the same there: {installation.command(ours)}"
        raise EngineFailed("\n".join(["Workers that would grade differently are refused:", *refused, advice]))


def _check_scheduler(client: Client, address: str) -> None:
    """It reads what a task calls, and so must have that."""
    try:
        client.run_on_scheduler(installation.root)
    except ImportError as error:
        words = f"The scheduler at {address} cannot import flaxkata: {error}."
        raise EngineFailed(f"{words} Start it where flaxkata[dask] is installed.") from None


def _differences(found: bytes | Exception, ours: Installation) -> str:
    if isinstance(found, bytes):
        return "; ".join(installation.differences(msgspec.json.decode(found, type=Installation), ours))
    return f"flaxkata cannot be used there: {type(found).__name__}: {found}"
