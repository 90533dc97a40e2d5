"""What course systems run: an autograder folder for Gradescope, a workflow for
GitHub Classroom.
"""

import json
import secrets
import shutil
from pathlib import Path

from jinja2 import Environment, PackageLoader

from flaxkata import catalog, files
from flaxkata.judge import diagnose
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.session import GradingSession, open_session

HERE = Path(__file__).parent
KIT = ("exercises", "solutions", "src", "tests", "pyproject.toml", "LICENSE", "README.md")


def gradescope(root: Path, out: Path) -> Path:
    """Write the autograder folder, with the kit in it, and its zip, which is
    returned. Raises FileExistsError.
    """
    out.mkdir(parents=True)
    for name in ("setup.sh", "run_autograder"):
        shutil.copy(HERE / "gradescope" / name, out)
        (out / name).chmod(0o755)
    leave = shutil.ignore_patterns("__pycache__", "kit")  # tests/kit is the kit's own tests
    (out / "kit").mkdir()
    for path in (root / name for name in KIT):
        if path.is_dir():
            shutil.copytree(path, out / "kit" / path.name, ignore=leave)
        else:
            shutil.copy(path, out / "kit")
    return Path(shutil.make_archive(str(out), "zip", out))


def know_mistakes(root: Path, out: Path) -> None:
    """Begin a folder of results in which it is known what every mistake of the
    kit does on its inputs: what is graded into a copy of it waits for none.
    """
    exercises, secret = catalog.exercises(root.resolve()), secrets.token_hex(16)
    options = GradeOptions(secret=secret, fingerprints=out / "fingerprints")

    def program(session: GradingSession) -> None:
        for exercise in exercises:
            diagnose.try_all(session, exercise, options)

    open_session(exercises, options, program)
    files.write(out / "cohort.json", json.dumps({"secret": secret}), mode=0o600)


def classroom(kit: str, version: str) -> str:
    """The workflow; `kit` is the repository of the instructor's copy of the
    kit, `owner/name`, and `version` a branch, tag or commit of it.
    """
    environment = Environment(loader=PackageLoader("flaxkata", "instructor/platforms"), keep_trailing_newline=True)
    return environment.get_template("classroom.yml.j2").render(kit=kit, version=version)
