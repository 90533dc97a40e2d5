"""What the texts say is so: the outputs that the pages show, and the figures
and claims in the exercises, measured again.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import fresh
import pytest

from flaxkata import catalog

PAGES = [fresh.ROOT / "README.md", fresh.ROOT / "CONTRIBUTING.md", *sorted((fresh.ROOT / "docs").glob("*.md"))]

MEASURED = """
import copy, json, os
import torch, jax, jax.numpy as jnp, flax.linen as nn, numpy as np
torch.manual_seed(0)
said = {}
linear, dense = torch.nn.Linear(400, 600), nn.Dense(600).init(jax.random.key(0), jnp.ones((1, 400)))["params"]
said["std"] = [linear.weight.std().item(), float(dense["kernel"].std())]
said["most"] = [linear.weight.abs().max().item(), float(abs(dense["kernel"]).max())]
said["bias"] = [linear.bias.std().item(), float(dense["bias"].std())]
table = nn.Embed(1000, 64).init(jax.random.key(0), jnp.zeros(1, int))["params"]["embedding"]
said["embedding"] = [torch.nn.Embedding(1000, 64).weight.std().item(), float(table.std())]

class MLP(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(3)(nn.relu(nn.Dense(128)(x)))

v = MLP().init(jax.random.key(0), jnp.ones((1, 10)))
same = lambda a, b: all(np.array_equal(x, y) for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True))
said["plain dict"] = type(v) is dict and type(v["params"]["Dense_0"]) is dict
said["batch and NaN do not matter"] = same(v, MLP().init(jax.random.key(0), jnp.full((64, 10), jnp.nan)))
said["one line names the output Dense_0"] = v["params"]["Dense_0"]["kernel"].shape == (128, 3)
try:
    v["params"]["Dense_0"]["bias"][0] = 1.0
except TypeError:
    said["arrays cannot be written to"] = True
alias = copy.copy(v)
alias["params"]["Dense_0"]["bias"] = jnp.ones(3)
said["copy.copy shares the inner dicts"] = bool((v["params"]["Dense_0"]["bias"] == 1).all())
bias = old = v["params"]["Dense_0"]["bias"]
bias += 1
said["+= on an array makes a new one"] = bool((old == 1).all())
draw = jax.random.uniform
said["one key can repeat numbers"] = same(draw(jax.random.key(0), (7,)), draw(jax.random.key(0), (5, 7))[0])
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def measured():
    env = os.environ | {"OMP_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, env=env, check=True)
    return json.loads(done.stdout)


def docstring(number):
    (exercise,) = catalog.select(fresh.ROOT, [number])
    return exercise.solution.read_text("utf-8")


def test_the_figures_of_torch_init(measured):
    """The table in 1.6 has the figures of a run, to three decimals."""
    text = docstring("1.6")
    theirs = re.search(r"nn.Linear\s+uniform, std ([\d.]+), at most ([\d.]+)\s+uniform, std ([\d.]+)\n", text)
    flax = re.search(r"nn.Dense\s+truncated normal, std ([\d.]+), at most ([\d.]+)\s+zero\n", text)
    std, most = measured["std"], measured["most"]
    assert [float(n) for n in theirs.groups()] == pytest.approx([std[0], most[0], measured["bias"][0]], abs=1e-3)
    assert [float(n) for n in flax.groups()] == pytest.approx([std[1], most[1]], abs=1e-3)
    assert measured["bias"][1] == 0
    assert measured["embedding"] == pytest.approx([1, 64**-0.5], rel=0.02)


def test_the_claims_of_the_texts(measured):
    """Statements that the exercises of chapter 1 make of the libraries; each is
    measured above.
    """
    claims = {name: value for name, value in measured.items() if isinstance(value, bool)}
    assert claims == dict.fromkeys(claims, True)
    assert len(claims) == 7


def test_the_pages_show_what_a_run_shows():
    """Their outputs and the picture of a failing check; `nox -s docs` writes
    them.
    """
    script = Path(__file__).with_name("docs.py")
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_name_what_is_there(page):
    """Every file, folder, link and session that a page names exists."""
    text = page.read_text("utf-8")
    for path in re.findall(r"(?:exercises|solutions|tests|docs|src)/[\w./-]+\b", text):
        assert (fresh.ROOT / path).exists() or "exNN" in path, path
    for link in re.findall(r"\]\(([^):#]+)", text):
        assert (page.parent / link).exists() or link == "https", link
    sessions = set(re.findall(r"nox -s (\w+)", text))
    assert sessions <= set(re.findall(r"def (\w+)\(session", (fresh.ROOT / "noxfile.py").read_text()))


OLDER = """
import jax, optax
from flax.training.train_state import TrainState
key, new = jax.random.PRNGKey(0), jax.random.key(0)
assert (str(key.dtype), key.shape) == ("uint32", (2,))
assert jax.dtypes.issubdtype(new.dtype, jax.dtypes.prng_key) and (jax.random.key_data(new) == key).all()
assert not hasattr(jax, "tree_map") and not hasattr(jax.ops, "index_update")
assert jax.pmap(lambda x: x + 1)(jax.numpy.ones((1, 2))).shape == (1, 2)
assert hasattr(jax, "shard_map") and optax.multi_transform is optax.partition
assert {"step", "params", "tx", "opt_state"} <= set(TrainState.__dataclass_fields__)
"""


def test_what_became_of_older_names():
    env = os.environ | {"OMP_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"}
    subprocess.run([sys.executable, "-c", "import jax.ops\n" + OLDER], check=True, env=env)
