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
from fresh import ROOT

from flaxkata import cli

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


# --- the door ---


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
