"""`kata port`: right ports pass, and a fault planted in one is found where it
is.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
import torch
from fresh import ROOT

from flaxkata import cli
from flaxkata.port import far

PORTS = Path(__file__).with_name("ports")


@dataclass
class Run:
    code: int
    output: str
    errors: str
    found: dict


@pytest.fixture
def kata(tmp_path, monkeypatch):
    """`kata port ...` in this process, in an empty folder; with what it wrote
    as JSON.
    """
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        output, errors, code = io.StringIO(), io.StringIO(), 0
        room = {"COLUMNS": "100", "NO_COLOR": "1", "XDG_CACHE_HOME": str(ROOT / ".kata" / "cache")}
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors), mock.patch.dict(os.environ, room):
            try:
                cli.app(["port", *map(str, arguments)], prog_name="kata")
            except SystemExit as end:
                code = end.code or 0
        file = tmp_path / "found.json"
        return Run(code, output.getvalue(), errors.getvalue(), json.loads(file.read_text()) if file.exists() else {})

    return run


@pytest.fixture
def checked(kata, tmp_path):
    """What a check says of one of our ports, in which some text is replaced."""

    def run(name, *changes, **more):
        text = (PORTS / f"{name}.py").read_text()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        (tmp_path / "my_port.py").write_text(text)
        steps = more.get("steps", 0)
        return kata("check", "my_port.py", "--json", "found.json", "--steps", steps)

    return run


def verdicts(run):
    return {part["name"]: part["verdict"] for part in run.found["parts"]}


def findings(run, name):
    return "\n".join(next(part["findings"] for part in run.found["parts"] if part["name"] == name))


# --- right ports ---


@pytest.mark.parametrize("name", ["resnet", "transformer"])
def test_a_right_port_passes(checked, name):
    run = checked(name, steps=3)
    assert run.code == 0, run.output
    assert set(verdicts(run).values()) == {"right"}
    assert "The port is right." in run.output


# --- ten faults ---

FAULTS = {
    "transposed kernel": (
        "transformer",
        'linear(f"{at}.self_attn.out_proj")',
        '{n: w[f"{at}.self_attn.out_proj.{m}"] for n, m in (("kernel", "weight"), ("bias", "bias"))}',
        "activations",
        "activations['layers.0.self_attn'] differs",
    ),
    "epsilon": (
        "transformer",
        'nn.LayerNorm(epsilon=1e-5, name="norm2")',
        'nn.LayerNorm(name="norm2")',
        "activations",
        "activations['layers.0.norm2'] differs",
    ),
    "missing bias": (
        "resnet",
        "    return traverse_util.unflatten_dict(flat)",
        '    flat["params", "fc", "bias"] = jnp.zeros(4)\n    return traverse_util.unflatten_dict(flat)',
        "names",
        "`fc.bias` (4,)",
    ),
    "GELU's form": (
        "transformer",
        '(nn.Dense(40, name="linear1")(y), approximate=False)',
        '(nn.Dense(40, name="linear1")(y))',
        "activations",
        "activations['layers.0.dropout'] differs",
    ),
    "batch statistics": ("resnet", "momentum: float = 0.1", "momentum: float = 0.9", "train mode", "batch_stats.bn1.mean"),
    "mask": (
        "transformer",
        "jnp.where(allowed, scores, -jnp.inf)",
        "scores",
        "activations",
        "activations['layers.0.self_attn'] differs",
    ),
    "padding": (
        "resnet",
        '(3, 3), self.stride, padding=1, use_bias=False, name="conv1"',
        '(3, 3), self.stride, use_bias=False, name="conv1"',
        "activations",
        "activations['layer2.0.conv1'] differs",
    ),
    "a layer's order": (
        "resnet",
        "return nn.relu(y + x)",
        "return nn.relu(y) + x",
        "activations",
        "activations['layer1.0'] differs",
    ),
    "tied weight": (
        "transformer",
        "return embed.attend(x)",
        'return nn.Dense(23, use_bias=False, name="head")(x)',
        "gradients",
        "params.embed.embedding",
    ),
    "dropped dtype": (
        "transformer",
        'nn.Dense(40, name="linear1")',
        'nn.Dense(40, dtype=jnp.float32, name="linear1")',
        "dtypes",
        "activations['layers.0.linear1'] has dtype float32; PyTorch has bfloat16",
    ),
    "dropout's rate": (
        "transformer",
        "return nn.Dropout(0.1, deterministic=not train, name=name)(y)",
        "return nn.Dropout(0.9, deterministic=not train, name=name)(y)",
        "train mode",
        "activations['layers.0.dropout1'] differs",
    ),
}
FAULTS["rounded weights"] = (
    "transformer",
    "jnp.asarray(array) for",
    "jnp.asarray(array, jnp.bfloat16).astype(jnp.float32) for",
    "activations",
    "activations['embed'] differs",
)
BESIDE = {  # what else belongs to a fault
    "tied weight": ('"norm": norm("norm")}', '"norm": norm("norm"), "head": {"kernel": w["head.weight"].T}}'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_where_it_is(checked, fault):
    name, old, new, part, words = FAULTS[fault]
    run = checked(name, (old, new), *([BESIDE[fault]] if fault in BESIDE else []))
    assert run.code == 1, run.output
    assert words in findings(run, part), run.output
    first = next(name for name, verdict in verdicts(run).items() if verdict == "wrong")
    assert first == part, run.output


# --- other kinds of ports, and of faults ---


def test_a_port_to_nnx(checked):
    """Without a `forward` of its own; `NAMES` translates a branch."""
    run = checked("nnx_net", steps=1)
    assert run.code == 0, run.output
    assert "Flax's BatchNorm stores the variance divided by n" in run.output
    strict = checked("nnx_net", ('ACCEPTED = ["biased variance"]', ""), ("torch.nn.Dropout(0.2)", "torch.nn.Dropout(0.3)"))
    assert "that is all that differs in norm.var" in findings(strict, "train mode")
    assert "activations['mlp.1'] differs" in findings(strict, "train mode")


def test_a_port_of_functions(checked):
    """What is folded is told from what is not used, and is not trained; pairs
    of activations are suggested, and taken once they are in NAMES.
    """
    run = checked("functions", steps=2)
    assert run.code == 0, run.output
    assert verdicts(run)["activations"] == "not compared"
    assert "Not used, and not needed: `unused.weight`, `unused.bias`" in run.output
    assert "Computed from `scale`, `second.weight`, `second.bias`" in run.output
    assert '"norm": "inner.n"' in run.output
    named = checked("functions", ("def port(", 'NAMES = {"first": "a", "norm": "inner.n"}\n\n\ndef port('))
    assert verdicts(named)["activations"] == "right"


WRONG = {
    "returns nothing": ('return activations(w, x)["2"]', 'activations(w, x)["2"]', "Is a `return` missing?"),
    "not under jit": (
        'return activations(w, x)["2"]',
        'return activations(w, np.asarray(x))["2"]',
        "Without `jax.jit` it raises",
    ),
    "writes": ("    return {name: jnp", '    state_dict["0.bias"] += 1\n    return {name: jnp', "`port` must leave the arrays"),
    "no variables": ("    return {name: jnp", "    {name: jnp", "port(state_dict) returned no arrays"),
    "permuted": ("tanh(first)", "tanh(first[:, ::-1])", "activations['1'] differs"),
    "wrong output alone": ('(w, x)["2"]', '(w, x)["2"] * 2', "All 3 activations that both sides name agree; look after `2`"),
    "unknown output": ('return activations(w, x)["2"]', "return activations(w, x)", "which PyTorch's output does not have"),
    "ends": ('return activations(w, x)["2"]', "import os; os._exit(3)", "it exited with status 3"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_said_of_a_wrong_forward(checked, fault):
    old, new, words = WRONG[fault]
    run = checked("small", (old, new), ("import jax.numpy as jnp", "import jax.numpy as jnp\nimport numpy as np"))
    assert run.code == 1
    assert words in " ".join(run.output.split())


UNUSABLE = {
    "no heading": ("# --- JAX ---", "", "my_port.py has no line `# --- JAX ---`"),
    "no model": ("def make_model", "def make", "has no `make_model`"),
    "raises": ("torch.nn.Tanh()", "torch.nn.Tan()", "line 8, in make_model: return torch.nn.Sequential("),
    "other inputs": ("torch.randn(batch, 3)", "torch.randn(batch, 4)", "The PyTorch model raised RuntimeError"),
    "no port": ("def port", "def ported", "The JAX section of my_port.py has no function `port`"),
    "torch in JAX": ("import jax.numpy as jnp", "import torch", "PyTorch is not available to this code"),
    "no checkpoint": ("CHECKPOINT = None", 'CHECKPOINT = "none.pt"', "none.pt: FileNotFoundError"),
}


@pytest.mark.parametrize("fault", UNUSABLE)
def test_a_file_that_cannot_be_checked(checked, fault):
    old, new, words = UNUSABLE[fault]
    run = checked("small", (old, new))
    assert (run.code, run.output) == (2, "")
    assert words in run.errors


def test_a_checkpoint(checked, tmp_path):
    weights = {"0.weight": torch.eye(3), "0.bias": torch.ones(3), "2.weight": torch.ones(2, 3), "2.bias": torch.zeros(2)}
    torch.save({"state_dict": weights}, tmp_path / "weights.pt")
    look = 'CHECKPOINT = "weights.pt"\n_make, make_model = make_model, lambda: (print("made"), _make())[1]'
    assert checked("small", ("CHECKPOINT = None", look)).code == 0
    torch.save(weights | {"0.bias": torch.ones(4)}, tmp_path / "weights.pt")
    assert "size mismatch for 0.bias" in checked("small", ("CHECKPOINT = None", look)).errors


def test_a_port_without_a_train_mode(checked):
    head = ("torch.nn.Tanh()", "torch.nn.Sequential(torch.nn.Tanh(), torch.nn.Dropout(0.5))")
    run = checked("small", head)
    assert run.code == 0, run.output
    assert "PyTorch's output is another one in train mode" in " ".join(run.output.split())


def test_both_sections_in_one_process(checked, kata):
    checked("small")
    environment = os.environ | {"XDG_CACHE_HOME": str(ROOT / ".kata" / "cache")}
    command = [sys.executable, "-m", "flaxkata", "port", "check", "my_port.py", "--here", "--steps", "1"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr


def test_small_weights_do_not_hide_an_activation_function(checked):
    """Around 0, both forms of GELU look alike."""
    made = ("return torch.nn.Sequential(", "return small(")
    small = "def small(*layers):\n    model = torch.nn.Sequential(*layers)\n    for p in model.parameters():\n"
    small += "        torch.nn.init.normal_(p, std=1e-3)\n    return model\n\n\ndef make_model"
    changes = [made, ("def make_model", small), ("torch.nn.Tanh()", "torch.nn.GELU()")]
    run = checked(
        "small", *changes, ("import jax.numpy as jnp", "import jax\nimport jax.numpy as jnp"), ("jnp.tanh", "jax.nn.gelu")
    )
    assert "activations['1'] differs" in findings(run, "activations")


def test_large_arrays_travel_in_pieces(checked, monkeypatch):
    monkeypatch.setattr(far, "PIECE", 7)
    run = checked("resnet")
    assert run.code == 0, run.output


# --- the door ---


def test_files_are_not_written_over(kata, tmp_path):
    assert kata("new", "x.py").code == 0
    before = (tmp_path / "x.py").read_text()
    again = kata("new", "x.py")
    assert (again.code, (tmp_path / "x.py").read_text()) == (2, before)
    assert "x.py is there already" in again.errors
    assert kata("test", "x.py").code == 0
    assert kata("test", "x.py").code == 2
    assert "There is no y.py" in kata("check", "y.py").errors
    assert "--html no/page.html: there is no folder no" in kata("check", "x.py", "--html", "no/page.html").errors


def test_a_pytest_file_keeps_a_port_right(checked, kata, tmp_path):
    """With plain pytest, in a folder that is no kit."""
    assert checked("small", ("tanh(first)", "sin(first)")).code == 1
    assert kata("test", "my_port.py").code == 0
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_my_port.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert "2 failed, 5 passed" in run.stdout, run.stdout
    assert "activations['1'] differs from PyTorch" in run.stdout


def test_the_template_is_right_as_it_is(tmp_path):
    """In a folder that is no kit, in a process of its own."""
    environment = os.environ | {"COLUMNS": "100", "XDG_CACHE_HOME": str(ROOT / ".kata" / "cache")}

    def run(*arguments):
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)

    assert run("-m", "flaxkata", "port", "new", "x.py").returncode == 0
    found = run("-m", "flaxkata", "port", "check", "x.py", "--html", "x.html")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "the port is right" in (tmp_path / "x.html").read_text()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["__pycache__", "x.html", "x.py"][-2:]
