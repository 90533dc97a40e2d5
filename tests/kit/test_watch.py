"""Watch mode in a terminal, as a learner uses it; and the process behind it,
through many saves.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import fresh
import pexpect
import psutil
import pytest

from flaxkata.judge.options import GradeOptions
from flaxkata.judge.protocol import Settings, settings_line

PAGE_DOWN, END = "\x1b[6~", "\x1b[F"
FIRST, SET_BIAS = "ch01_parameters/ex01_define_mlp", "ch01_parameters/ex04_set_bias"
COMMAND = f"{sys.executable} -m flaxkata watch"
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "TERM": "xterm"}
for name in ("NOX_CURRENT_SESSION", "NO_COLOR", "COLUMNS", "LINES"):
    ENVIRONMENT.pop(name, None)


def plain(text):
    """Without control sequences; a form feed where the screen was cleared."""
    text = text.replace("\x1b[2J\x1b[H", "\f")
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\xa0", " ")


def living(process):
    """Whether it runs; one that ends while it is asked does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def command(process):
    """Its command line; of one that has ended, nothing."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


class Terminal:
    """`kata watch` in a terminal of 80 columns, started by a shell that says
    how the terminal was set before and after.
    """

    def __init__(self, kit, arguments="", command=COMMAND, size=(40, 80)):
        self.kit = kit
        script = f"stty -g; {command} {arguments}; echo ended with $?; stty -g; echo bye"
        self.child = pexpect.spawn(
            "bash",
            ["-c", script],
            cwd=str(kit),
            env=ENVIRONMENT,
            encoding="utf-8",
            codec_errors="replace",
            timeout=120,
            dimensions=size,
        )
        self.said = ""  # what was printed and not asked about yet, without control sequences and line ends
        self.before = self.finds(r"([0-9a-f:]{20,})\s")

    def finds(self, pattern, seconds=60):
        """The group of the pattern's first match in what is printed from now
        on.
        """
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, self.said)):
            assert time.monotonic() < deadline, f"no {pattern!r} in {self.said!r}"
            with contextlib.suppress(pexpect.TIMEOUT):
                self.said = plain(self.said + self.child.read_nonblocking(65536, timeout=0.2))
        self.passed, self.said = self.said[: found.end()], self.said[found.end() :]
        return found[found.re.groups]

    def sees(self, *words):
        """Wait until each of these is on the screen, in this order; all that
        was printed meanwhile.
        """
        seen = ""
        for some in words:
            self.finds(r"\s+".join(map(re.escape, some.split())))
            seen += self.passed
        return seen

    def screen(self, *words):
        """The lines of the next screen that has these words and is whole."""
        while True:
            found = self.finds(r"(?s)\f([^\f]*q quit)")
            if all(w in " ".join(found.split()) for w in words):
                return [line.rstrip() for line in found.splitlines()]

    def save(self, place, text):
        (self.kit / "exercises" / f"{place}.py").write_text(textwrap.dedent(text))

    def answer(self, place, kind, name=None):
        """Save one of the kit's own files as the learner's."""
        folder = self.kit / ("solutions" if kind == "solutions" else f"tests/{kind}")
        self.save(place, (folder / (f"{place}/{name}.py" if name else f"{place}.py")).read_text())

    def ends(self, *codes):
        """It has ended, and left the terminal as it was."""
        assert int(self.finds(r"ended with (\d+)")) in (0, *codes)
        assert not re.search("Traceback(?!:)", self.passed)  # "Traceback:" heads what pytest says of checks that do not load
        assert self.finds(r"([0-9a-f:]{20,})\s") == self.before
        self.sees("bye")
        self.child.close()

    def processes(self):
        return [p for p in psutil.Process(self.child.pid).children(recursive=True) if living(p)]


@pytest.fixture
def terminal(clone):
    """A function that opens `kata watch` in a fresh clone."""
    opened = []

    def start(*arguments, **options):
        opened.append(Terminal(clone, *arguments, **options))
        return opened[-1]

    yield start
    for each in opened:
        each.child.close(force=True)


def all_gone(processes):
    _, alive = psutil.wait_procs(processes, timeout=5)
    return not any(map(living, alive))


def test_a_learner_at_work(terminal):
    """Wrong, right, next, hints, list, resize, solution, reset, quit."""
    t = terminal()
    t.sees("starting", "checking 1.1", "0 of 4 checks", f"Open exercises/{FIRST}.py", "Then: save the file", "q", "quit")
    t.answer(FIRST, "mistakes", "relu_forgotten")
    t.sees("checking 1.1", "This is a known mistake: relu_forgotten", "Next: h gives a hint     again: save the file")
    t.answer(FIRST, "solutions")
    t.sees(
        "checking 1.1", "4 of 4 checks", "Learned: a Flax module is a recipe", f"Compare with our answer: solutions/{FIRST}.py"
    )
    t.sees("n goes on to 1.2 blueprint")
    with pytest.raises(AssertionError):
        t.finds("checking", seconds=1)  # it waits
    t.child.send("s")
    t.sees("nn.Dense(self.output_dim)")
    t.child.send("n")
    t.sees("checking 1.2", "0 of 4 checks", "quit")
    t.child.send("h")
    assert "Hint 2" not in t.sees("Hint 1 of 3", "quit")
    t.child.send("h")
    t.sees("Hint 1 of 3", "Hint 2 of 3", "quit")
    t.child.send("l")
    t.sees("1.1 define_mlp", "solved", "1.6 torch_init", "quit")
    t.child.setwinsize(24, 50)
    t.sees("1.2 blueprint")
    assert max(map(len, t.sees("1.1 define_mlp", "> 1.2 blueprint").splitlines())) <= 50
    t.child.send("s")
    t.sees("It is not solved yet. s once more shows our answer.")
    t.child.send("s")
    t.sees("import jax.numpy as jnp")
    t.child.send("x")
    t.sees("x once more puts the stub in")
    t.child.send("x")
    t.sees("Your text is kept in .kata/backup/", "0 of 4 checks")
    t.child.send("p")
    t.sees("checking 1.1", "4 of 4 checks")
    t.child.send("g")
    t.sees("checking all exercises", "1 of 6 solved")
    t.child.send(END)
    t.sees("exercises solved")
    gone = t.processes()
    t.child.send("q")
    t.ends()
    assert all_gone(gone)


@pytest.mark.parametrize("size", [(24, 80), (15, 40)])
def test_a_small_terminal(terminal, size):
    """What is longer than the screen is cut, says so and scrolls; the head, the
    keys and what a key asks are always there.
    """
    t = terminal("1.4", size=size)
    t.screen("to do")
    t.save(SET_BIAS, "def set_bias(*a):\n    print(*range(20), sep='\\n')\n    raise ValueError('one ' * 90)\n")
    t.screen("1.4 set_bias", "not right", "1-")
    t.child.send("x")
    asked = t.screen("1.4 set_bias", "x once more puts the stub")
    assert len(asked) <= size[0] and max(map(len, asked)) <= size[1]
    t.child.send(PAGE_DOWN)
    second = t.screen("PgUp, PgDn")
    assert "x once more" not in "".join(second) and second[3:6] != asked[3:6]
    t.child.send("k")
    before = t.screen("PgUp, PgDn")
    assert second[4] in before and before.index(second[4]) > second.index(second[4])
    t.child.send(END)
    t.screen("points.", "set_bias")
    t.child.send("l")
    shown = t.screen("1.3 forward", "1.5 copies")
    assert [line[:14] for line in shown if line.startswith(">")] == ["> 1.4 set_bias"]
    t.child.send("q")
    t.ends()


def test_ways_to_save(terminal):
    """By rename, several at once, another exercise's file, a file that vanishes
    and comes back.
    """
    t = terminal("1.4")
    t.sees("0 of 6 checks")
    file = t.kit / f"exercises/{SET_BIAS}.py"
    beside = file.with_name("ex04_set_bias.py~tmp")
    beside.write_text((t.kit / f"solutions/{SET_BIAS}.py").read_text())
    beside.replace(file)
    t.sees("6 of 6 checks")
    file.unlink()
    t.sees("checking 1.4", "0 of 6 checks", "deleted", "Its file was deleted. x (or `kata reset 1.4`) restores the stub.")
    t.child.send("x")
    t.sees("The stub is there again.", "checking 1.4", "to do")
    t.answer(FIRST, "solutions")
    t.sees("checking 1.1", "4 of 4 checks")
    for _ in range(5):
        for place in (FIRST, SET_BIAS):
            t.answer(place, "solutions")
    t.answer(FIRST, "mistakes", "relu_forgotten")
    t.sees("This is a known mistake: relu_forgotten")
    t.child.send("q")
    t.ends()


def test_a_save_during_a_run_drops_it(terminal):
    """An endless loop is not waited for when the next text is there; the next
    verdict is right and soon.
    """
    t = terminal("1.4")
    t.sees("0 of 6 checks")
    t.save(
        SET_BIAS,
        "def set_bias(*a):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass\n",
    )
    t.sees("checking 1.4")
    time.sleep(1)
    started = time.monotonic()
    t.answer(SET_BIAS, "solutions")
    t.sees("6 of 6 checks")
    assert time.monotonic() - started < 10  # the limit is 30 s
    t.child.send("q")
    t.ends()


@pytest.mark.parametrize("seconds", [0.3, 1.0, 2.5, "in a loop"])
def test_ctrl_c_at_any_moment(terminal, seconds):
    """It ends, leaves the terminal as it was, and no process."""
    t = terminal("1.4")
    if seconds == "in a loop":
        t.sees("0 of 6 checks")
        t.save(SET_BIAS, "import time\ndef set_bias(*a):\n    time.sleep(100)\n")
        t.sees("checking 1.4")
        seconds = 0.5
    time.sleep(seconds)
    gone = t.processes()
    t.child.sendintr()
    t.ends(130)
    assert all_gone(gone)


def test_a_change_of_the_checks_starts_the_judge_again(terminal):
    t = terminal("1.4")
    t.sees("0 of 6 checks")
    tests = t.kit / "tests/ch01_parameters/test_ex04_set_bias.py"
    tests.write_text(tests.read_text() + '\n\ndef test_new(learner):\n    """A seventh."""\n    learner.set_bias\n')
    t.sees("starting again: the checks or the grader changed", "1 of 7 checks")
    tests.write_text("import no_such_module\n")
    t.sees("The grader stopped; this is a defect of the kit", "no_such_module")
    t.child.send("q")
    t.ends()


def test_a_judge_that_is_killed(terminal):
    """It says so, and a key starts it again."""
    t = terminal("1.4")
    t.sees("0 of 6 checks")
    (judge,) = [p for p in t.processes() if "flaxkata.judge.server" in command(p)]
    judge.kill()
    t.sees("The grader stopped", "r starts it again")
    t.child.send("r")
    t.sees("starting again", "0 of 6 checks")
    t.child.send("q")
    t.ends()


def test_without_a_terminal(clone):
    """Each verdict once, below the one before, without control characters; it
    ends at a SIGTERM.
    """
    with (clone / "said.txt").open("wb") as said:
        command = [*COMMAND.split(), "1.4"]
        watch = subprocess.Popen(command, cwd=clone, env=ENVIRONMENT, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
    for kind, word in ((None, "0 of 6 checks"), ("solutions", "6 of 6 checks")):
        if kind:
            (clone / f"exercises/{SET_BIAS}.py").write_text((clone / kind / f"{SET_BIAS}.py").read_text())
        deadline = time.monotonic() + 60
        while word not in (clone / "said.txt").read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
    watch.send_signal(signal.SIGTERM)
    assert watch.wait(10) == 0
    text = (clone / "said.txt").read_text()
    assert "\x1b" not in text
    assert text.count("1.4 set_bias") == 2 and text.index("0 of 6 checks") < text.index("6 of 6 checks")


def test_polling_sees_saves_too(terminal):
    """For mounts that tell of no events."""
    t = terminal("1.4 --poll")
    t.sees("0 of 6 checks")
    t.answer(SET_BIAS, "solutions")
    t.sees("6 of 6 checks")
    t.child.send("q")
    t.ends()


# --- the process behind it ---


class Server:
    """`python -m flaxkata.judge.server`, asked for one exercise."""

    def __init__(self, kit, number, place):
        self.kit, self.number, self.file = kit, number, kit / f"exercises/{place}.py"
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "flaxkata.judge.server", str(kit)]
        self.process = subprocess.Popen(command, cwd=kit, env=ENVIRONMENT, stdin=pipe, stdout=pipe, text=True)
        self.process.stdin.write(settings_line(Settings(GradeOptions())))
        self.runs = 0

    def save(self, text, wait=True):
        """The exercise's report for this text; `wait` until a sandbox is warm
        again.
        """
        self.file.write_text(text)
        self.runs += 1
        request = {
            "run": self.runs,
            "exercises": [self.number],
            "submission": str(self.kit / "exercises"),
            "current": self.number,
        }
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        found = self.hear(lambda a: a.get("run") == self.runs and a["complete"])["exercises"][0]
        if wait:
            self.hear(lambda a: "idle" in a)
        return found

    def hear(self, wanted):
        while not wanted(answer := json.loads(self.process.stdout.readline())):
            pass
        return answer

    def below(self, word):
        """Processes under the judge that run this module, the fork server
        before its sandboxes.
        """
        return [p for p in psutil.Process(self.process.pid).children(recursive=True) if word in command(p)]

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(10) == 0


@pytest.fixture
def server(clone):
    server = Server(clone, "1.4", SET_BIAS)
    yield server
    server.close()


def test_nothing_reaches_the_next_run(server):
    """Imports, globals, environment, working directory, random state, settings,
    prints and threads of the run before.
    """
    right = (server.kit / f"solutions/{SET_BIAS}.py").read_text()
    leave = """
        import builtins, os, random, sys, threading, time
        import jax, numpy as np
        builtins.left_behind = sys.left_behind = np.left_behind = 1
        os.environ["LEFT_BEHIND"] = "1"
        os.chdir("/")
        sys.path.append("/left_behind")
        sys.modules["left_behind"] = sys
        jax.config.update("jax_enable_x64", True)
        random.seed(5)
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        print("left behind")
        def set_bias(*a): return None
    """
    look = """
        import builtins, os, random, sys, threading
        import jax, numpy as np
        found = [hasattr(builtins, "left_behind"), hasattr(sys, "left_behind"), hasattr(np, "left_behind")]
        found += ["LEFT_BEHIND" in os.environ, os.getcwd() == "/", "/left_behind" in sys.path, "left_behind" in sys.modules]
        found += [jax.config.jax_enable_x64, random.random() == random.Random(5).random(), threading.active_count() > 1]
        assert not any(found), found
    """
    before = server.save(right)
    assert before["state"] == "solved"
    first = server.save(textwrap.dedent(leave))
    assert first["state"] == "started" and first["printed"] == "left behind\n"
    then = server.save(textwrap.dedent(look) + right)
    assert then["state"] == "solved", then["checks"][0]["findings"]
    assert then["printed"] == ""


def test_many_saves(server):
    """No hang, no growth of memory or of open files, no process left.
    KATA_SAVES=500 for the long form.
    """
    right = (server.kit / f"solutions/{SET_BIAS}.py").read_text()
    names = ("in_place", "shallow_copy", "result_dropped")
    wrong = {n: (server.kit / f"tests/mistakes/{SET_BIAS}/{n}.py").read_text() for n in names}
    sizes = []
    count = int(os.environ.get("KATA_SAVES", "24"))
    for i in range(count):
        name = [*wrong, ""][i % 4]
        found = server.save(wrong.get(name, right), wait=i % 3 > 0)  # every third save comes before a sandbox is warm
        assert [m["slug"] for m in found["mistakes"]] == ([name] if name else []), (i, found)
        if i in (count // 3, count - 1):
            server.save(right)
            judge, (fork_server, *rest) = psutil.Process(server.process.pid), server.below("flaxkata.sandbox")
            sizes.append(
                (judge.memory_info().rss, judge.num_fds(), fork_server.memory_info().rss, fork_server.num_fds(), len(rest))
            )
    (rss, files, fork_server_rss, fork_server_files, sandboxes), late = sizes
    assert late[0] < rss * 1.1 and late[2] < fork_server_rss * 1.1, sizes
    assert late[1] <= files + 2 and late[3] <= fork_server_files + 2 and late[4] <= sandboxes, sizes


@pytest.mark.parametrize("victim", ["the warm sandbox", "the fork server"])
def test_what_is_killed_is_replaced(server, victim):
    right = (server.kit / f"solutions/{SET_BIAS}.py").read_text()
    server.save(right)
    fork_server, *sandboxes = server.below("flaxkata.sandbox")
    for each in sandboxes if victim == "the warm sandbox" else [fork_server]:
        each.kill()
    assert server.save(right)["state"] == "solved"
    assert server.save("def set_bias(v, *a):\n    return v\n")["state"] == "started"


# --- the compilation cache ---


def whole(path):
    entry = path.read_bytes()
    return hashlib.blake2b(entry[16:], digest_size=16).digest() == entry[:16]


def test_broken_entries_of_the_cache_are_misses(kata, tmp_path):
    """Truncated, empty and foreign entries cost time, and are put right;
    nothing is said of them.
    """
    clone = fresh.clone(tmp_path)
    run = kata("grade", "1.3", "--submission", "solutions", cwd=clone)
    entries = [p for p in (clone / ".kata/compiled").iterdir() if p.is_file()]
    assert run.returncode == 0 and len(entries) > 10
    for i, path in enumerate(entries):
        entry = path.read_bytes()
        path.write_bytes([entry[: len(entry) // 2], b"", b"x" * 100][i % 3])
    again = kata("grade", "1.3", "--submission", "solutions", "--fresh", cwd=clone)
    assert again.stdout == run.stdout and again.stderr == ""
    assert all(map(whole, entries))


def test_a_kit_elsewhere_finds_what_was_compiled(kata, tmp_path):
    """The folder is in no entry's key."""
    here, there = fresh.clone(tmp_path / "here"), fresh.clone(tmp_path / "there")
    assert kata("grade", "1.3", "--submission", "solutions", cwd=here).returncode == 0
    entries = {p.name for p in shutil.copytree(here / ".kata/compiled", there / ".kata/compiled").iterdir()}
    assert kata("grade", "1.3", "--submission", "solutions", cwd=there).returncode == 0
    assert len(entries) > 10 and {p.name for p in (there / ".kata/compiled").iterdir()} == entries


def test_several_write_the_cache(tmp_path):
    """Four graders at once, on one cache, of which one is killed: the others
    are right, and every entry is whole.
    """
    clone = fresh.clone(tmp_path)
    command = [sys.executable, "-m", "flaxkata", "grade", "1.3", "1.1", "--submission", "solutions"]
    graders = [subprocess.Popen(command, cwd=clone, env=ENVIRONMENT, stdout=subprocess.DEVNULL) for _ in range(4)]
    time.sleep(4)
    graders[0].kill()
    assert [g.wait(120) for g in graders[1:]] == [0, 0, 0]
    assert all(whole(p) for p in (clone / ".kata/compiled").iterdir() if p.suffix != ".part")
