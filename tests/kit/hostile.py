"""Whether anybody's results change when others attack: grades honest learners
alone, and again beside one learner for each file of tests/kit/attacks, under
one secret. `nox -s hostile`

    python tests/kit/hostile.py [--learners 100] [--limit 15] [--workers 2]

Each honest learner hands in one exercise: a solution, a stub, an alternative or
a mistake. Their results must be equal except for times, and no attack may be
solved. What the second run used of memory and disk is printed.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bench_cohort
import fresh
from conftest import ENVIRONMENT
from test_cohort import ATTACKS, EXERCISES, field, hand_in, rows, same

MOST_MEMORY, MOST_DISK = 9000, 100  # MB: of two judges and two rooms of 2,500 MB; of the results


def hand_in_honest(folder: Path, count: int) -> None:
    """One exercise after another, each time in another state."""
    everything = list(EXERCISES.values())
    for n in range(count):
        e = everything[n % len(everything)]
        answers = [e.solution, *e.mistakes[:1], *e.alternatives[:1], e.stub, *e.mistakes[1:]]
        hand_in(folder, f"honest{n:03}", {e: answers[n // len(everything) % len(answers)]})


def grade(folder: Path, out: Path, options: list[str]) -> tuple[float, int]:
    """How many seconds a cohort took, and how many MB of memory."""
    command = [sys.executable, "-m", "flaxkata", "cohort", str(folder), "--out", str(out), *options]
    started = time.monotonic()
    run = subprocess.Popen(command, cwd=fresh.ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, start_new_session=True)
    memory = bench_cohort.Memory(run.pid)
    if run.wait():
        raise SystemExit(f"the cohort ended with {run.returncode}")
    return time.monotonic() - started, memory.most


def main(learners: int, options: list[str]) -> int:
    """How many results differ, or are those of attacks that passed."""
    with tempfile.TemporaryDirectory() as place:
        top = Path(place)
        (top / "secret").write_text("0123456789abcdef")
        options = [*options, "--secret-file", str(top / "secret")]
        hand_in_honest(top / "class", learners)
        alone, _ = grade(top / "class", top / "alone", options)
        for path in ATTACKS:
            hand_in(top / "class", path.stem, {EXERCISES[field(path, "exercise", "1.4")]: path})
        beside, memory = grade(top / "class", top / "beside", options)
        expected, found, everybodys = same(top / "alone"), same(top / "beside"), rows(top / "beside")
        disk = sum(path.stat().st_size for path in (top / "beside").rglob("*") if path.is_file()) >> 20
    different = [f"{name} {number}" for (name, number), row in expected.items() if found[name, number] != row]
    passed = [p.stem for p in ATTACKS if everybodys[p.stem, field(p, "exercise", "1.4")]["state"] == "solved"]
    print(f"{learners} honest learners: {alone:.0f} s alone, {beside:.0f} s beside {len(ATTACKS)} attacks.")
    print(f"Most memory {memory:,} MB, results {disk} MB.")
    print(f"Results that differ: {', '.join(different) or 'none'}. Attacks that passed: {', '.join(passed) or 'none'}.")
    return len(different) + len(passed) + (memory > MOST_MEMORY) + (disk > MOST_DISK)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=100)
    parser.add_argument("--limit", default="15")
    parser.add_argument("--workers", default="2")
    given = parser.parse_args()
    sys.exit(bool(main(given.learners, ["--limit", given.limit, "--workers", given.workers])))
