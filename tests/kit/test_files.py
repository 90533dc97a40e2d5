"""Files that several processes write, and folders that a learner's code
made.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from conftest import ENVIRONMENT

from flaxkata import files
from flaxkata.learner import progress

WRITER = """
import sys
from pathlib import Path
from flaxkata.learner import progress
for n in range(50):
    progress.remember(Path(sys.argv[1]), {f"{sys.argv[2]}.{n}": "solved"})
"""


def test_two_writers_lose_nothing(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*command, name], env=ENVIRONMENT) for name in ("1", "2")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert len(progress.states(tmp_path)) == 100


def test_a_damaged_file_is_kept_aside(tmp_path):
    """What is written next is whole again, and what it held can be looked
    at.
    """
    file = tmp_path / ".kata" / "states.json"
    file.parent.mkdir()
    file.write_text('{"1.1": "solv')
    assert progress.remember(tmp_path, {"1.2": "solved"}) == {"1.2": "solved"} == progress.states(tmp_path)
    assert file.with_name("states.json.damaged").read_text() == '{"1.1": "solv'


def test_where_nothing_can_be_written(tmp_path):
    """A file in the folder's place stands for a checkout that is read-only."""
    (tmp_path / "file").write_text("{}")
    assert files.update_json(tmp_path / "file" / "a.json", lambda old: old | {"1.1": "solved"}) == {"1.1": "solved"}


def test_folders_that_are_too_deep_for_a_path(tmp_path):
    """Longer than any path may be, closed to their owner, beside a link that
    leads out and stays unfollowed.
    """
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").write_text("")
    folder = tmp_path / "folder"
    _deep(folder, 100, "d" * 100)
    for n in range(3):
        _deep(folder / f"other{n}", 3, "e")
    (folder / "link").symlink_to(tmp_path / "outside")
    files.remove(folder)
    assert [p.name for p in tmp_path.rglob("*")] == ["outside", "kept"]
    files.remove(folder)  # which is not there


def _deep(folder: Path, depth: int, name: str) -> None:
    here = os.getcwd()
    folder.mkdir(exist_ok=True)
    os.chdir(folder)
    try:
        for _ in range(depth):
            os.mkdir(name)
            os.chdir(name)
            Path("file").write_text(json.dumps(name))
            os.chmod("..", 0o500)
        os.chmod(".", 0)
    finally:
        os.chdir(here)
