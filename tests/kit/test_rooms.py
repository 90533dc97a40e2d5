"""The two rooms hold: what is where, what is refused, what can be stopped."""

import contextlib
import errno
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import fresh
import psutil
import pytest

from flaxkata import files, system_calls, wire
from flaxkata.judge import errors, memory_guard, processes, proxy
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.pool import SandboxPool
from flaxkata.judge.subprocess_sandbox import SubprocessSandbox
from flaxkata.sandbox import compile_cache, fork_server, jax_setup


@pytest.fixture
def python(tmp_path):
    """A program in a Python of its own; its printed JSON."""

    def run(program, *arguments, **environment):
        env = os.environ | {"OMP_NUM_THREADS": "1"} | environment
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
            capture_output=True,
            text=True,
            env=env,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture
def room():
    """A function that opens a submission's text in a sandbox: the module's
    handle.
    """
    opened = []

    def open_room(source, limit=20.0):
        opened.append(SubprocessSandbox(processes.start("cpu", fresh.ROOT), limit))
        opened[-1].device()
        return opened[-1].open("/somewhere/ex99_test.py", textwrap.dedent(source), "ex99_test")

    yield open_room
    for each in opened:
        each.close()


def test_a_fork_server_that_is_gone_is_replaced():
    """A learner's code can kill its parent; the next sandbox comes from a new
    one, even at that moment.
    """
    pool, options = SandboxPool(fresh.ROOT), GradeOptions()
    pool.fresh("", options, 30).close()
    processes.start("cpu", fresh.ROOT)._process.send_signal(signal.SIGKILL)
    room = pool.fresh("", options, 30)
    assert room.device()[0] == "cpu"
    room.close()


def test_a_fork_server_whose_judge_is_gone_ends_quietly(monkeypatch, capfd):
    """A judge may be killed before it has read an answer: the next question is
    then an error of the connection, and not its end.
    """
    ours, theirs = socket.socketpair()
    theirs.send(b"an answer that nobody reads")
    ours.close()
    for module, name in ((jax_setup, "import_libraries"), (compile_cache, "prune"), (fork_server, "end_orphans")):
        monkeypatch.setattr(module, name, lambda *arguments: None)
    monkeypatch.setattr(fork_server, "adopt_orphans", lambda: None)
    fork_server.fork_sandboxes(theirs, "")
    theirs.close()


def test_the_rooms_of_exercises_that_are_done_are_given_back(judge):
    """While the next are graded, and not at the end of all."""
    most, done = 0, threading.Event()

    def count():
        nonlocal most
        while not done.wait(0.02):
            with contextlib.suppress(psutil.Error):
                most = max(most, len(psutil.Process(judge.pid).children(recursive=True)))

    counting = threading.Thread(target=count)
    counting.start()
    try:
        judge.ask("grade", "ch01", "--fresh")
    finally:
        done.set()
        counting.join()
    assert 1 < most <= 5  # the one that forks them, that of the exercise, the next, a shared one, and one that is ending


def test_no_jax_and_no_learner_in_the_judge(python):
    """After a run with a failing, a passing and a diagnosed exercise."""
    found = python(
        """
        import json, sys
        from flaxkata import cli
        try:
            cli.app(["grade", "1.4", "--fresh", "--submission", sys.argv[1]], prog_name="kata")
        except SystemExit as end:
            print(json.dumps([end.code, sorted(sys.modules)]))
    """,
        "tests/mistakes/ch01_parameters/ex04_set_bias/in_place.py",
    )
    code, modules = found
    assert code == 1
    assert "torch" in modules and "flaxkata.judge.compare" in modules
    strangers = [
        m
        for m in modules
        if m.split(".")[0] in ("jax", "jaxlib", "flax", "optax", "in_place", "ex04_set_bias", "flaxkata_sandbox")
    ]
    assert strangers == []
    assert not [m for m in modules if m.startswith("flaxkata.sandbox")]


def test_sandbox_starts_before_torch_is_imported(python, tmp_path):
    """JAX is imported next door while PyTorch is imported here, also under
    plain pytest.
    """
    program = """
        import json, sys
        from flaxkata.judge import processes
        class Noting(processes.ForkServer):
            def __init__(self, *args):
                open(sys.argv[1], "w").write(json.dumps("torch" in sys.modules))
                super().__init__(*args)
        processes.ForkServer = Noting
        start = sys.argv[2:]
        if start[0] == "kata":
            from flaxkata import cli
            try:
                cli.app(start[1:], prog_name="kata")
            except SystemExit:
                pass
        else:
            import pytest
            pytest.main(start[1:])
        print(open(sys.argv[1]).read())
    """
    for command in (["kata", "grade", "1.4"], ["pytest", "-q", "tests/ch01_parameters/test_ex04_set_bias.py"]):
        assert python(program, tmp_path / "noted", *command) is False


def test_a_parent_that_touched_a_device_does_not_fork(python):
    said = python("""
        import json, jax
        from flaxkata.sandbox import jax_setup
        jax_setup.assert_forkable()
        jax.devices()
        try:
            jax_setup.assert_forkable()
        except RuntimeError as error:
            print(json.dumps(str(error)))
    """)
    assert "has touched a JAX device" in said


@pytest.mark.parametrize(
    "where",
    ["import torch", "def f():\n    import torch.nn", "def f():\n    import importlib; importlib.import_module('torch')"],
)
def test_torch_is_refused_with_a_sentence(room, where):
    with pytest.raises(errors.LearnerError, match="PyTorch is not available to this code") as caught:
        room(where).f()
    assert caught.value.kind == "ImportError"


IN_A_ROOM = """
    import json, sys
    from pathlib import Path
    from flaxkata.judge import errors, processes, proxy
    from flaxkata.judge.in_process import InProcess
    from flaxkata.judge.subprocess_sandbox import SubprocessSandbox
    kind, root = sys.argv[1], Path(sys.argv[3])
    room = InProcess("cpu", root) if kind == "here" else SubprocessSandbox(processes.start("cpu", root), 20)
    room.device()
    module = room.open("/somewhere/ex99_test.py", sys.argv[2], "ex99_test")
"""


def spawn(kind):
    """What makes the sandboxes of a process spawned ones."""
    return {"KATA_SPAWN": "1"} if kind == "spawned" else {}


all_rooms = pytest.mark.parametrize("kind", ["sandbox", "spawned", "here"])


@all_rooms
def test_torch_is_refused_in_all_rooms(python, kind, tmp_path):
    program = """
    try:
        module.f()
    except errors.LearnerError as error:
        print(json.dumps(str(error)))
    """
    said = python(IN_A_ROOM + program, kind, "def f():\n    from torch import nn", tmp_path, **spawn(kind))
    assert said.startswith("f() raised ImportError: PyTorch is not available to this code")


KINDS = """
import jax, jax.numpy as jnp, numpy as np
from flax.core import freeze

def f():
    return freeze({
        "jax": jnp.ones(2), "key": jax.random.key(1), "third": jnp.ones(2, jnp.bfloat16) / 3, "complex": jnp.array(1 + 2j),
        "numpy": np.ones(2), "scalar": np.float32(1), "float": 1.5, "int": 3, "bool": True, "text": "x", "none": None,
        "tuple": (1, [2]), "spec": jax.ShapeDtypeStruct((2, 3), jnp.int32), "object": object(),
    })
"""


@all_rooms
def test_a_fetched_leaf_says_what_it_was(python, kind, tmp_path):
    program = """
    back = proxy.fetch(module.f())
    kinds = {name: getattr(leaf, "kind", type(leaf).__name__) for name, leaf in back.items()}
    third = [back["third"].dtype, float(back["third"].value[0])]
    print(json.dumps([kinds, *third, back["spec"].shape, str(back["complex"].value)]))
    """
    kinds, *values = python(IN_A_ROOM + program, kind, KINDS, tmp_path, **spawn(kind))
    assert kinds == {
        "jax": "jax.Array", "key": "jax.Array", "third": "jax.Array", "complex": "jax.Array",
        "numpy": "numpy.ndarray", "scalar": "numpy.float32", "float": "float", "int": "int", "bool": "bool", "text": "str",
        "none": "NoneType", "tuple": "tuple", "spec": "Spec", "object": "object",
    }  # fmt: skip
    assert values == ["bfloat16", pytest.approx(1 / 3, rel=4e-3), [2, 3], "(1+2j)"]


def test_settings_of_the_sandbox(room):
    """Full float32 precision (a GPU would multiply in TF32), no memory taken in
    advance, one thread, no other device.
    """
    module = room("""
        import os, jax
        def f():
            names = ["XLA_PYTHON_CLIENT_PREALLOCATE", "OMP_NUM_THREADS", "JAX_PLATFORMS"]
            return [jax.config.jax_default_matmul_precision, *(os.environ[name] for name in names)]
    """)
    assert proxy.fetch(module.f()) == ["highest", "false", "1", "cpu"]


SETTING = """
import warnings
import jax, numpy as np
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_debug_nans", True)
jax.config.update("jax_default_matmul_precision", "bfloat16")
jax.numpy_rank_promotion("raise").__enter__()
np.seterr(all="raise")
warnings.simplefilter("error")
raise ValueError("settings made")
"""
READING = """
import warnings
import jax, numpy as np
names = ("enable_x64", "debug_nans", "default_matmul_precision", "numpy_rank_promotion", "num_cpu_devices")
found = [getattr(jax.config, f"jax_{name}") for name in names]
raise ValueError([*found, np.geterr()["over"], str(jax.numpy.arange(2.0).dtype), warnings.filters[0][0] == "error"])
"""


def test_what_a_file_sets_is_set_back_before_the_next(judge, kata, tmp_path):
    """Files that run in one process are graded as alone: with `--here`, and in
    a shared sandbox.
    """
    chapter, report, found = tmp_path / "ch01_parameters", tmp_path / "r.json", []
    chapter.mkdir()
    (chapter / "ex01_define_mlp.py").write_text(SETTING)
    (chapter / "ex02_blueprint.py").write_text(READING)
    common = ("--submission", str(tmp_path), "--json", str(report), "--fresh")
    for grade, which in (
        (kata, ["1.2"]),
        (kata, ["1.1", "1.2", "--here"]),
        (lambda *argv: judge.run(list(argv), {}, shared=True), ["1.1", "1.2"]),
    ):
        grade("grade", *which, *common)
        graded = json.loads(report.read_text())["exercises"]
        findings = {e["id"]: {f for c in e["checks"] for f in c["findings"]} for e in graded}
        found.append(findings["1.2"])
        assert which == ["1.2"] or "settings made" in str(findings["1.1"])
    assert found[0] == found[1] == found[2]
    assert "[False, False, 'highest', 'allow', 1, 'warn', 'float32', False]" in found[0].pop()


def test_the_precision_of_one_exercise(kata, clone):
    """`PRECISION` in its graded tests: JAX's own there, and the highest in its
    neighbors, wherever the code runs.
    """
    chapter = "ch01_parameters"
    for stem in ("ex01_define_mlp", "ex02_blueprint", "ex03_forward"):
        text = "import jax\nraise ValueError(f'it is {jax.config.jax_default_matmul_precision}')\n"
        (clone / f"exercises/{chapter}/{stem}.py").write_text(text)
    with (clone / f"tests/{chapter}/test_ex02_blueprint.py").open("a") as tests:
        tests.write('\nPRECISION = "default"\n')
    for options, environment in (([], {}), ([], {"KATA_SPAWN": "1"}), (["--here"], {})):
        kata("grade", "1.1", "1.2", "1.3", "--json", "r.json", *options, cwd=clone, **environment)
        exercises = json.loads((clone / "r.json").read_text())["exercises"]
        found = [{f.partition("\n")[0] for c in e["checks"] for f in c["findings"]} for e in exercises]
        words = "The file could not be loaded: ValueError: it is {}"
        assert found == [{words.format(name)} for name in ("highest", None, "highest")]


def test_xla_compiles_quickly():
    """With flags of ours, once however often they are passed on, and those of
    the environment after them.
    """
    once = jax_setup.environment("cpu", {"XLA_FLAGS": "--xla_cpu_use_xnnpack=false"})
    flags = jax_setup.environment("cpu", once)["XLA_FLAGS"]
    assert flags.count("fusion_emitters=false") == 1
    assert flags.endswith(" --xla_cpu_use_xnnpack=false")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="as on Linux")
def test_a_judge_with_too_many_programs_drops_them(python):
    """With --here; else LLVM ends the process after some hundred files."""
    found = python("""
        import json, jax
        from flaxkata.sandbox import jax_setup
        traced = []
        f = jax.jit(lambda x: traced.append(x) or x + 1)
        counts = []
        for many in (jax_setup.MANY_MAPPINGS, 0):
            jax_setup.MANY_MAPPINGS = many
            f(1.0)
            jax_setup.make_room()
            f(1.0)
            counts.append(len(traced))
        print(json.dumps(counts))
    """)
    assert found == [1, 2]


def test_arguments_are_not_compiled(room):
    """jnp.array compiles a program for each shape that it meets."""
    import torch

    module = room("""
        import jax.numpy as jnp
        from jax._src import compiler
        seen, compile = [], compiler.compile_or_get_cached
        compiler.compile_or_get_cached = lambda *args, **kwargs: seen.append(args) or compile(*args, **kwargs)
        def passed(*arrays): return len(seen)
        def copied(array): return [jnp.array(array), len(seen)][1]
    """)
    assert proxy.fetch(module.passed(torch.ones(3, 17), torch.ones(19, dtype=torch.int32))) == 0
    assert proxy.fetch(module.copied(torch.ones(3, 17))) > 0


def test_one_mlir_context(room):
    """JAX 0.10 makes one for each program; a version that was not tested is
    left alone.
    """
    module = room("""
        import jax
        from jax._src.interpreters import mlir
        def f():
            jax.jit(lambda x: x + 1)(1.0)
            return mlir.make_ir_context.cache_info().misses
    """)
    assert proxy.fetch(module.f()) == 1


def test_arguments_arrive_as_copies(room):
    """A tensor as a jax.Array, a NumPy array as one that can be written to
    without effect here; a handle as its object.
    """
    import numpy as np
    import torch

    module = room("""
        def names(*things): return [type(t).__name__ for t in things]
        def write(a): a[:] = 9; return a
        def same(a, b): return a is b
        box = {}
    """)
    array, tensor = np.zeros(2000, "float32"), torch.ones(3, dtype=torch.bfloat16)
    assert proxy.fetch(module.names(tensor, array, 1, [2], {"a": None})) == ["ArrayImpl", "ndarray", "int", "list", "dict"]
    assert proxy.fetch(module.write(array)).value[0] == 9
    assert array[0] == 0
    assert proxy.fetch(module.same(module.box, module.box)) is True


def test_a_loop_is_killed_with_all_that_it_started(room, tmp_path):
    module = room(
        """
        import subprocess, sys
        def f(path):
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
            open(path, "w").write(str(child.pid))
            while True:
                try:
                    while True: pass
                except BaseException: pass
        """,
        limit=4.0,
    )
    started = time.monotonic()
    with pytest.raises(errors.Timeout, match=r"`f\(.*\)` did not come back within the time limit"):
        module.f(str(tmp_path / "pid"))
    assert time.monotonic() - started < 8
    grandchild = int((tmp_path / "pid").read_text())
    time.sleep(0.2)
    assert not alive(grandchild)


def alive(pid):
    """Whether a process runs; one that only waits to be reaped does not."""
    stat = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return stat != "" and not stat.startswith("Z")


def test_rooms_do_not_leak():
    """Forty rooms, opened and closed: no more open files here, no process
    left.
    """
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(40):
        room = SubprocessSandbox(processes.start("cpu", fresh.ROOT), 20)
        room.device()
        room.close()
    time.sleep(0.2)
    assert len(os.listdir("/proc/self/fd")) <= before + 2


@pytest.mark.parametrize(("device", "platforms"), [("cpu", "cpu"), ("gpu", "cuda,cpu"), ("tpu", "tpu,cpu")])
def test_an_accelerator_comes_first_and_a_cpu_beside_it(device, platforms):
    """Callbacks and jax.debug.print need the CPU."""
    assert jax_setup.environment(device, {})["JAX_PLATFORMS"] == platforms


def test_several_devices_for_one_exercise(kata, clone):
    """`DEVICES` in its graded tests: eight there and one in its neighbours,
    wherever the code runs.
    """
    chapter, says = "ch01_parameters", 'import jax\nraise ValueError(f"{jax.device_count()} on {jax.default_backend()}")\n'
    for stem in ("ex01_define_mlp", "ex02_blueprint", "ex03_forward"):
        (clone / f"exercises/{chapter}/{stem}.py").write_text(says)
    with (clone / f"tests/{chapter}/test_ex02_blueprint.py").open("a") as tests:
        tests.write("\nDEVICES = 8\n")
    for options, environment in (([], {}), ([], {"KATA_SPAWN": "1"}), (["--here"], {})):
        run = kata("grade", "1.1", "1.2", "1.3", "--json", "r.json", *options, cwd=clone, **environment)
        assert run.returncode == 1, run.stderr
        findings = [
            {f for c in e["checks"] for f in c["findings"]} for e in json.loads((clone / "r.json").read_text())["exercises"]
        ]
        words = "The file could not be loaded: ValueError: {} on cpu"
        assert [{f.partition("\n")[0] for f in found} for found in findings] == [{words.format(n)} for n in (1, 8, 1)]


def test_several_devices_are_the_cpus():
    """Also for a judge that uses an accelerator; its sandboxes with one device
    are no use there.
    """
    pool = SandboxPool(fresh.ROOT)
    pool.fresh("", GradeOptions("cpu"), 30, last=False).close()
    for device in ("cpu", "tpu"):
        room = pool.fresh("", GradeOptions(device), 30, devices=8)
        assert (room.device()[0], len(proxy.fetch(room.library("jax").devices()))) == ("cpu", 8)
        room.close()
    pool.close()


def test_breakpoint_works_here(clone):
    """`--here` stops in the learner's own code, in the terminal; `c` goes on to
    the verdict.
    """
    pexpect = pytest.importorskip("pexpect")
    file = clone / "exercises/ch01_parameters/ex04_set_bias.py"
    file.write_text(file.read_text().replace("raise NotImplementedError", "breakpoint()\n    raise NotImplementedError"))
    command = f"{sys.executable} -m flaxkata grade 1.4 --here"
    child = pexpect.spawn(
        command, cwd=str(clone), encoding="utf-8", timeout=60, env=os.environ | {"COLUMNS": "80", "NO_COLOR": "1"}
    )
    for _ in range(6):
        child.expect(r"\(Pdb\)")
        child.sendline("c")
    child.expect(r"0 of 1 exercise solved")
    child.expect(pexpect.EOF)


def test_spawned_sandboxes_report_the_same(kata, clone):
    """Where there is no fork: a stub, a right answer, a wrong one that is
    known, one that raises, one that never ends.
    """
    chapter = clone / "exercises/ch01_parameters"
    (chapter / "ex01_define_mlp.py").write_text((clone / "solutions/ch01_parameters/ex01_define_mlp.py").read_text())
    wrong = clone / "tests/mistakes/ch01_parameters/ex04_set_bias/shallow_copy.py"
    (chapter / "ex04_set_bias.py").write_text(wrong.read_text())
    stub = (chapter / "ex05_copies.py").read_text()
    head, _, _ = stub.replace("raise NotImplementedError(", "raise ValueError(", 1).rpartition("    raise NotImplementedError")
    (chapter / "ex05_copies.py").write_text(head + "    import os\n    print('hello')\n    os._exit(3)\n")
    (chapter / "ex06_torch_init.py").write_text("import time\ndef linear_init(*a):\n    time.sleep(100)\n")
    reports = []
    for environment in ({}, {"KATA_SPAWN": "1"}):
        run = kata("grade", "1.1", "1.4", "1.5", "1.6", "--limit", "8", "--fresh", "--json", "r.json", cwd=clone, **environment)
        found = json.loads((clone / "r.json").read_text())
        for check in [c for e in found["exercises"] for c in e["checks"]]:
            check.pop("seconds")
        reports.append((run.returncode, run.stdout, found))
    assert reports[0] == reports[1]
    outcomes = {c["outcome"] for e in reports[0][2]["exercises"] for c in e["checks"]}
    assert outcomes == {"passed", "failed", "todo", "broken", "killed", "timeout"}


# --- what confines a sandbox, and what looks after it ---


@pytest.fixture
def confined(tmp_path):
    """A function that opens a text in a confined sandbox: it, and the module's
    handle.
    """
    opened = []

    def open_room(source, memory=3000):
        walls = wire.Confinement(str(tmp_path / "work"), (str(tmp_path),))
        (tmp_path / "work").mkdir(exist_ok=True)
        opened.append(SubprocessSandbox(processes.start("cpu", fresh.ROOT), 60.0, walls, memory))
        opened[-1].device()
        return opened[-1], opened[-1].open("/somewhere/ex99_test.py", textwrap.dedent(source), "ex99_test")

    yield open_room
    for each in opened:
        each.close()


linux = pytest.mark.skipif(sys.platform != "linux", reason="it is Linux that confines them")


@linux
def test_a_sandbox_sees_its_own_folder_alone(confined):
    """Also of sandboxes of the same judge."""
    _, first = confined("def here():\n    import os\n    open('mine', 'w').write('x')\n    return os.getcwd()")
    _, second = confined("def read(path):\n    return open(path).read()\ndef names(path):\n    import os; os.listdir(path)")
    place = proxy.fetch(first.here())
    for question in (lambda: proxy.fetch(second.read(f"{place}/mine")), lambda: proxy.fetch(second.names(place))):
        with pytest.raises(errors.LearnerError, match="Permission denied"):
            question()


@linux
def test_what_is_refused_is_named_and_harms_nobody(confined):
    """A call that this kernel may have and no table has; one of another
    process's; and a thousand of them, which take the judge no time.
    """
    sandbox, module = confined(
        """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        def call(number):
            return libc.syscall(number, 0, 0, 0), ctypes.get_errno()
        def often(count):
            return sum(libc.syscall(101, 0, 0, 0) for _ in range(count))
        """
    )
    machine = system_calls.AARCH64 if platform.machine() == "aarch64" else system_calls.X86_64
    ptrace = system_calls.REFUSED["ptrace"][machine]
    assert proxy.fetch(module.call(ptrace)) == (-1, errno.EPERM)
    if machine == system_calls.X86_64:
        assert proxy.fetch(module.call(1000)) == (-1, errno.ENOSYS)
        assert sandbox.refused == ["ptrace", "system call 1000"]
        before = time.process_time()
        assert proxy.fetch(module.often(1000)) == -1000
        assert time.process_time() - before < 1


@linux
def test_the_guard_ends_what_it_cannot_see():
    """Whatever goes wrong when it looks: a process of which nobody knows what
    it uses goes on no longer.
    """
    with subprocess.Popen(["sleep", "60"]) as process:
        guard = memory_guard.MemoryGuard(process.pid, 100, "")
        guard._excess = lambda thorough: 1 / 0
        assert process.wait(10) == -signal.SIGKILL
    assert guard.reason == "what it uses cannot be seen"


def test_a_folder_is_removed_however_deep(tmp_path):
    """Deeper than Python calls functions, with paths that are longer than the
    system takes, closed, and with links to what is not to be removed.
    """
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "link").symlink_to(tmp_path / "kept")
    here = os.getcwd()
    for name, count in (("d", 1050), ("n" * 250, 20)):
        os.chdir(tmp_path / "it")
        for _ in range(count):
            os.mkdir(name)
            os.chdir(name)
        open("file", "w").close()
        os.mkdir("closed", mode=0)
    os.chdir(here)
    files.remove(tmp_path / "it")
    assert [p.name for p in tmp_path.iterdir()] == ["kept"] and (tmp_path / "kept" / "file").exists()
