"""What the texts of chapter 2 say of the libraries, measured anew."""

import re

import flax.linen as nn
import fresh
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax.errors import ModifyScopeVariableError

from flaxkata import catalog

torch.set_num_threads(1)


def text(number):
    (exercise,) = catalog.select(fresh.ROOT, [number])
    return " ".join(exercise.text.split())


class Unnamed(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(2)(x)


def test_names_of_layers():
    """2.1: what a layer without a name is called."""
    assert 'without a name it would be "Dense_0"' in text("2.1")
    assert list(Unnamed().init(jax.random.key(0), jnp.ones((1, 2)))["params"]) == ["Dense_0"]


def test_batch_stats():
    """2.1: the two momenta, epsilon, what `apply` returns, and the factor n /
    (n - 1).
    """
    said = re.search(r"of the new batch, ([\d.]+) by default; .*? of the old statistics, ([\d.]+) by default", text("2.1"))
    theirs, ours = said.groups()
    norm, twin = nn.BatchNorm(use_running_average=False), torch.nn.BatchNorm1d(2)
    assert (float(theirs), float(ours)) == (twin.momentum, norm.momentum)
    said = re.search(r"the same epsilon by default, (\S+)\. ", text("2.1"))
    assert float(said[1]) == twin.eps == norm.epsilon
    x = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    variables = {
        "params": {"scale": jnp.ones(2), "bias": jnp.zeros(2)},
        "batch_stats": {"mean": jnp.zeros(2), "var": jnp.ones(2)},
    }
    with pytest.raises(ModifyScopeVariableError):
        norm.apply(variables, x)
    _, updates = norm.apply(variables, x, mutable=["batch_stats"])
    assert list(updates) == ["batch_stats"]
    assert (variables["batch_stats"]["mean"] == 0).all()
    twin(torch.from_numpy(x))
    assert updates["batch_stats"]["mean"] == pytest.approx((1 - norm.momentum) * x.mean(0), abs=1e-6)
    assert updates["batch_stats"]["var"] == pytest.approx(norm.momentum + (1 - norm.momentum) * x.var(0), abs=1e-6)
    assert twin.running_mean.numpy() == pytest.approx(twin.momentum * x.mean(0), abs=1e-6)
    assert twin.running_var.numpy() == pytest.approx(1 - twin.momentum + twin.momentum * x.var(0) * 5 / 4, abs=1e-6)


def test_indexing():
    """2.2: what both libraries do with an index out of range or repeated, with
    a mask under jit, and with NaN times zero.
    """
    x = torch.arange(3.0)
    ours = jnp.arange(3.0)
    assert "Of three elements, x[9] is the last and x[-9] the first." in text("2.2")
    assert (float(ours[9]), float(ours[-9])) == (2, 0)
    with pytest.raises(IndexError):
        x[torch.tensor([3])]
    repeated = torch.tensor([1, 1])
    x[repeated] += 1
    assert x.tolist() == [0, 2, 2]
    assert ours.at[jnp.array([1, 1])].set(5).tolist() == [0, 5, 2]
    assert (
        ours.at[jnp.array([1, 1])].add(1).tolist()
        == [0, 3, 2]
        == torch.arange(3.0).index_add(0, repeated, torch.ones(2)).tolist()
    )
    assert all(hasattr(ours.at[0], name) for name in ("set", "add", "multiply", "min", "max", "get"))
    with pytest.raises(jax.errors.NonConcreteBooleanIndexError):
        jax.jit(lambda x, mask: x[mask])(ours, ours > 1)
    with_nan, mask = jnp.array([1.0, jnp.nan]), jnp.array([True, False])
    assert jnp.isnan(with_nan * mask.astype(float)).tolist() == [False, True]
    assert (with_nan * mask).tolist() == [1, 0]
    assert torch.isnan(torch.tensor([1.0, torch.nan]) * torch.tensor([True, False])).tolist() == [False, True]


def test_look_alikes():
    """2.3: its table, and what the two pads do."""
    said = text("2.3")
    x, ours = torch.tensor([1.0, 2, 3, 4]), jnp.array([1.0, 2, 3, 4])
    numbers = {n: re.search(rf"x\.{n}\(\)\s+([\d.]+)\s+\S+\s+([\d.]+)\s", said).groups() for n in ("std", "median")}
    assert [float(n) for n in numbers["std"]] == pytest.approx([x.std().item(), float(ours.std())], abs=5e-4)
    assert [float(n) for n in numbers["median"]] == [x.median().item(), float(jnp.median(ours))]
    pieces = re.search(r"torch.split\(x, 1\)\s+(\d) pieces\s+jnp.split\(x, 1\)\s+(\d) piece\s", said).groups()
    assert [int(n) for n in pieces] == [len(torch.split(x, 1)), len(jnp.split(ours, 1))]
    assert x.repeat(2).tolist() == jnp.tile(ours, 2).tolist() == [1, 2, 3, 4, 1, 2, 3, 4]
    assert jnp.repeat(ours, 2).tolist() == x.repeat_interleave(2).tolist() == [1, 1, 2, 2, 3, 3, 4, 4]
    assert "[1, 1, 2, 2, 3, 3, 4, 4]" in said
    assert torch.nn.functional.pad(x[None], (1, 2)).shape == (1, 7)
    assert jnp.pad(ours[None], (1, 2)).shape == (4, 7)
    for keywords in ({"dim": 0}, {"axis": 0, "keepdim": True}):
        with pytest.raises(TypeError):
            ours.std(**keywords)
