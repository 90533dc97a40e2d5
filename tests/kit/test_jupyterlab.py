"""A learner in JupyterLab: loads the kit, solves wrongly, reads the verdict,
solves rightly.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from test_notebook import SHALLOW, SOLUTION, cell

from flaxkata import catalog
from flaxkata.notebook import writer

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MINUTE = 60_000  # milliseconds: the machine may be busy
DARK = '{"theme": "JupyterLab Dark"}'


@contextlib.contextmanager
def lab(folder: Path, theme: str = "{}") -> Iterator[str]:
    """JupyterLab in a folder, with settings of its own; its address."""
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{(port := any_port.getsockname()[1])}"
    settings = folder / ".jupyter/settings"
    for name, text in {
        "apputils-extension/themes": theme,
        "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
        "notebook-extension/tracker": '{"windowingMode": "none"}',
    }.items():
        path = settings / f"@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    places = {f"JUPYTER_{name}_DIR": str(folder / ".jupyter" / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    places |= {"JUPYTERLAB_SETTINGS_DIR": str(settings), "IPYTHONDIR": str(folder / ".jupyter/ipython")}
    options = [f"--port={port}", "--no-browser", "--allow-root", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    with open(folder / ".jupyter/log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], cwd=folder, env=os.environ | places, stdout=log, stderr=log
        )
    try:
        with contextlib.suppress(OSError):  # the browser says what is wrong
            _wait_for(f"{address}/api/status")
        yield address
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.1)


@contextlib.contextmanager
def opened(address: str, name: str, width: int = 1200, height: int = 1400) -> Iterator[Page]:
    """A notebook in a browser, with its kernel ready."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{address}/doc/tree/{name}")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=MINUTE)
        page.wait_for_selector("text=| Idle", timeout=MINUTE)
        yield page
        browser.close()


def run(page: Page, number: int, source: str | None = None) -> str:
    """Run a code cell, with a new source if there is one; what is shown below
    it in the end.
    """
    place = page.locator(".jp-CodeCell").nth(number)
    place.locator(".cm-content").click()
    if source is not None:
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "n => { const cell = document.querySelectorAll('.jp-CodeCell')[n];"
        " return /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').innerText) }",
        arg=number,
        timeout=3 * MINUTE,
    )
    page.wait_for_timeout(300)  # the last output comes after the cell's number
    return place.locator(".jp-OutputArea").first.inner_text() if place.locator(".jp-OutputArea-output").count() else ""


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path")
def test_wrong_then_right(own_clone):
    exercises = catalog.select(own_clone, ["1.4"])
    (own_clone / "mine.ipynb").write_text(writer.notebook(exercises))
    with lab(own_clone) as address, opened(address, "mine.ipynb") as page:
        assert run(page, 0) == ""  # %load_ext flaxkata
        wrong = run(page, 2, cell("1.4", SHALLOW))
        assert "not right yet" in wrong and "5 of 6 checks" in wrong
        assert "This is a known mistake: shallow_copy" in wrong and "%kata hint 1.4" in wrong
        right = run(page, 2, cell("1.4", SOLUTION))
        assert "solved" in right and "6 of 6 checks" in right and "shallow_copy" not in right
        assert "Next is 1.5 copies" in right
        page.set_viewport_size({"width": 420, "height": 900})
        assert page.evaluate("[...document.querySelectorAll('.kata-verdict')].every(v => v.scrollWidth <= v.clientWidth + 1)")
