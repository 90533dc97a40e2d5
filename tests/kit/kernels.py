"""A real kernel with `%load_ext flaxkata` done, and answers as cells."""

import contextlib
import sys
import threading
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.util import run_sync

from flaxkata.notebook import answers


def cell(number: str, file: Path) -> str:
    """A file's JAX section as a cell."""
    text = file.read_text("utf-8")
    return f"%%kata {number}\n{text.partition(answers.HEADING)[2] or text}"


class Kernel:
    """A kernel in which cells run one after another, with `%load_ext flaxkata`
    done.
    """

    def __init__(self, folder: Path, python: Path | str = sys.executable) -> None:
        self._client = NotebookClient(nbformat.v4.new_notebook(), timeout=300, kernel_name="python3", allow_errors=True)
        self._client.create_kernel_manager().kernel_spec.argv[0] = str(python)
        self._context = self._client.setup_kernel(cwd=str(folder))
        self._context.__enter__()
        self.run("%load_ext flaxkata")

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self._client.km.provisioner.process.pid)

    def judges(self) -> list[psutil.Process]:
        return [p for p in self.process.children() if "flaxkata.judge.server" in p.cmdline()]

    def run(self, source: str) -> list[dict]:
        """A cell's outputs."""
        cells = self._client.nb.cells
        cells.append(nbformat.v4.new_code_cell(source))
        return self._client.execute_cell(cells[-1], len(cells) - 1).outputs

    def says(self, source: str) -> str:
        """What a cell's outputs say as text."""
        outputs = self.run(source)
        return "\n".join(o.get("text") or o.get("ename") or o["data"]["text/plain"] for o in outputs)

    def interrupted(self, source: str, after: float) -> str:
        """The same, of a cell that is interrupted, as by the button."""
        timer = threading.Timer(after, lambda: self.process.send_signal(2))
        timer.start()
        return self.says(source)

    def restart(self) -> None:
        """As the button does: what was defined and loaded is gone."""
        run_sync(self._client.km.restart_kernel)()
        run_sync(self._client.kc.wait_for_ready)()

    def close(self) -> None:
        """Shut it down, if it is up."""
        context, self._context = self._context, contextlib.nullcontext()
        context.__exit__(None, None, None)
