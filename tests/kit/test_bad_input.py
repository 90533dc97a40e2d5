"""Whatever a learner's file does: a clear sentence, the other exercises'
results, and soon.
"""

import textwrap
import time

import pytest

# A name for each way to go wrong: the text of 1.4's file, the outcome of its first check, what the sentence says.
GOOD = "import jax.numpy as jnp\n\ndef set_bias(variables, layer, value):\n"
BAD = {
    "syntax error": ("def set_bias(:\n    pass\n", "broken", "The file could not be loaded: SyntaxError: invalid syntax (line 1): def set_bias(:"),
    "bad indentation": ("def f():\nreturn 1\n", "broken", "IndentationError"),
    "null bytes": ("a = 1\0\n", "broken", "The file could not be loaded: SyntaxError"),
    "missing function": ("import jax\n", "broken", "The file has no `set_bias`, which the checks call."),
    "renamed function": ("def set_biases(v, l, x):\n    return v\n", "broken", "It has `set_biases`: was it renamed?"),
    "failing import": ("import jaxx.numpy as jnp\n", "broken", "ModuleNotFoundError: No module named 'jaxx'"),
    "torch import": ("import torch\n", "broken", "PyTorch is not available to this code"),
    "torch in a function": (GOOD + "    import torch\n", "broken", "PyTorch is not available to this code"),
    "wrong arity": ("def set_bias(variables, value):\n    return variables\n", "broken", "takes 2 positional arguments but 3 were given"),
    "exit()": (GOOD + "    exit()\n", "broken", "SystemExit: it called exit()"),
    "exit() at the top": ("exit(0)\n", "broken", "SystemExit: it called exit()"),
    "os._exit": (GOOD + "    import os; os._exit(0)\n", "killed", "it exited with status 0, as `os._exit(0)` does"),
    "os._exit at the top": ("import os; os._exit(0)\n", "killed", "during `loading the file`: it exited with status 0"),
    "killed": (GOOD + "    import os; os.kill(os.getpid(), 9)\n", "killed", "it was ended by SIGKILL"),
    "its parent killed": (GOOD + "    import os; os.kill(os.getppid(), 9); os._exit(0)\n", "killed", "The process running your code ended during"),
    "Python loop": (GOOD + "    while True: pass\n", "timeout", "did not come back within the time limit, so it was stopped"),
    "loop at the top": ("while True: pass\n", "timeout", "`loading the file` did not come back within the time limit"),
    "lax loop": (GOOD + "    import jax\n    jax.lax.while_loop(lambda c: True, lambda c: c + 1, 0)\n    return variables\n", "timeout", "within the time limit"),
    "jitted loop": (GOOD + "    import jax\n    return jax.block_until_ready(jax.jit(lambda: jax.lax.while_loop(lambda c: c >= 0, lambda c: (c + 1) % 7, 0))())\n", "timeout", "within the time limit"),
    "NumPy array": (GOOD + "    import jax, numpy as np\n    return jax.tree.map(np.asarray, variables)\n", "failed", "numpy.ndarray of shape (128,) where a jax.Array belongs. `jnp.asarray(...)`"),
    "shapes": (GOOD + "    import jax\n    return jax.eval_shape(lambda v: v, variables)\n", "failed", "gave a ShapeDtypeStruct of shape (128,) and dtype float32 where a jax.Array belongs"),
    "NaN": (GOOD + "    import jax\n    return jax.tree.map(lambda a: a * jnp.nan, variables)\n", "failed", "values that are NaN or infinite; PyTorch has none there"),
    "None": (GOOD + "    pass\n", "failed", "gave None; expected a dict with the keys 'params', 'ema', 'batch_stats'. Is a `return` missing?"),
    "a number": (GOOD + "    return 3\n", "failed", "gave an int (3); expected a dict"),
    "an object": (GOOD + "    return object()\n", "failed", "gave an object; expected a dict"),
    "a string leaf": (GOOD + "    return {'params': 'x', 'batch_stats': {}}\n", "failed", "lacks ['params']['fc1']['bias'], ['params']['fc1']['kernel']"),
    "a cycle": (GOOD + "    d = {}; d['d'] = d\n    return d\n", "broken", "a value nested more than 64 deep"),
    "a gigabyte": (GOOD + "    return jnp.zeros((1 << 28,))\n", "broken", "1,074 MB in one array; the limit is 67 MB"),
    "odd exception": (GOOD + "    class E(BaseException):\n        def __str__(self): raise self\n    raise E\n", "broken", "its message could not be read"),
    "garbage into the socket": (GOOD + "    import os\n    for fd in range(3, 12):\n        try: os.write(fd, b'garbage' * 99)\n        except OSError: pass\n", "killed", "sent bytes that are not a message"),
    "closed socket": (GOOD + "    import os\n    os.closerange(3, 40)\n", "killed", "The process running your code ended during"),
    "empty file": ("", "broken", "The file has no `set_bias`"),
}  # fmt: skip


@pytest.fixture
def submission(tmp_path):
    """A folder with 1.4 as given and 1.5 right: the one never hides the
    other.
    """
    from flaxkata import catalog

    def make(text):
        set_bias, copies = catalog.select(catalog.find_root(tmp_path), ["1.4", "1.5"])
        for exercise, content in ((set_bias, text), (copies, copies.solution.read_text())):
            path = tmp_path / "sub" / exercise.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return tmp_path / "sub"

    return make


@pytest.fixture
def grade(judge, submission):
    """What `kata grade 1.4 1.5` says when 1.4 has this text: the whole answer,
    and the two exercises of the report.
    """

    def run(text, *options, folder=None):
        answer = judge.ask("grade", "1.4", "1.5", "--submission", str(folder or submission(text)), *options)
        return answer, *answer["report"]["exercises"]

    return run


@pytest.mark.parametrize("name", BAD)
def test_bad_file(name, grade):
    text, outcome, sentence = BAD[name]
    answer, bad, good = grade(text, "--limit", "4")
    assert answer["code"] == 1
    first = bad["checks"][0]
    assert first["outcome"] == outcome, first
    assert sentence in " ".join(" ".join(first["findings"]).split())
    assert good["state"] == "solved"
    assert {c["outcome"] for c in bad["checks"]} <= {outcome, "failed", "broken", "passed", "timeout"}
    assert " ".join(sentence.split())[:30] in " ".join(answer["output"].split())
    assert "Traceback" not in answer["output"]


def test_no_utf8(grade, submission):
    folder = submission("")
    (folder / "ch01_parameters/ex04_set_bias.py").write_bytes(b"# caf\xe9\n")
    _, bad, good = grade("", folder=folder)
    assert "the file is not UTF-8 text" in bad["checks"][0]["findings"][0]
    assert (bad["state"], good["state"]) == ("broken", "solved")


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"# coding: latin-1\n# caf\xe9\n"])
def test_encodings(before, grade, submission):
    """A byte order mark, as editors on Windows write it, and a declared one;
    with their ends of lines.
    """
    path = submission("") / "ch01_parameters/ex05_copies.py"
    path.write_bytes(before + path.read_bytes().replace(b"\n", b"\r\n"))
    assert grade("", folder=path.parents[1])[2]["state"] == "solved"


def test_torch_tensor_returned_here(grade):
    """Only with --here can a learner's code get at PyTorch; a tensor is then
    named as such.
    """
    text = GOOD + "    import importlib, jax\n    ones = importlib.import_module('torch').ones\n"
    _, bad, _ = grade(text + "    return jax.tree.map(lambda a: ones(a.shape), variables)\n", "--here")
    assert "torch.Tensor" in bad["checks"][0]["findings"][0]
    assert "Compute it with `jax.numpy`" in bad["checks"][0]["findings"][0]


def test_megabytes_printed(grade):
    """They neither block nor fill the report: the first lines are shown, the
    rest is counted.
    """
    started = time.monotonic()
    answer, bad, _ = grade(GOOD + "    print('many words ' * 2_000_000)\n    return variables\n")
    assert time.monotonic() - started < 60
    assert bad["checks"][0]["outcome"] == "failed"
    assert "Your code printed:" in answer["output"] and "many words" in answer["output"] and "more bytes" in answer["output"]
    assert len(answer["output"]) < 8000


def test_time_out_is_paid_once(grade):
    """The limit is the exercise's, not each check's."""
    started = time.monotonic()
    _, bad, _ = grade(GOOD + "    while True: pass\n", "--limit", "3")
    assert [c["outcome"] for c in bad["checks"]] == ["timeout"] * 6
    assert "Not run: the 3 s for this exercise were used up." in bad["checks"][1]["findings"]
    assert time.monotonic() - started < 40


def test_what_is_missing_is_to_do(judge, tmp_path):
    """A submission without some of the files: they are to do, and it says
    which.
    """
    (tmp_path / "ex01_key_streams.py").touch()
    answer = judge.ask("grade", "ch01", "ch02", "--submission", str(tmp_path))
    assert answer["code"] == 0
    exercises = answer["report"]["exercises"]
    assert {e["state"] for e in exercises} == {"todo"}
    finding = exercises[3]["checks"][0]["findings"][0]
    assert finding.startswith("There is no file ")
    assert finding.endswith("ch01_parameters/ex04_set_bias.py; `kata reset 1.4` writes a new one.")


def test_frames_of_the_learner(grade):
    """An exception comes with the learner's own lines, and with no others."""
    text = textwrap.dedent("""
        import jax

        def helper(x):
            return x.at[0].sett(1.0)

        def set_bias(variables, layer, value):
            return jax.tree.map(helper, variables)
    """)
    _, bad, _ = grade(text)
    (finding,) = bad["checks"][0]["findings"]
    first, *frames = finding.splitlines()
    assert first.startswith("`set_bias(variables, 'fc1', 0.25)` raised AttributeError: ")
    assert frames == [
        "  line 8, in set_bias: return jax.tree.map(helper, variables)",
        "  line 5, in helper: return x.at[0].sett(1.0)",
    ]
