"""What the texts of chapter 2 say of the libraries, measured anew."""

import re

import flax.linen as nn
import fresh
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax.errors import ModifyScopeVariableError

from flaxkata import catalog

torch.set_num_threads(1)


def text(number):
    (exercise,) = catalog.select(fresh.ROOT, [number])
    return exercise.text


def test_batch_stats():
    """2.1: the two momenta, what `apply` gives back, and the factor n / (n - 1)."""
    theirs, ours = re.search(r"PyTorch's `momentum=([\d.]+)`.*?and is ([\d.]+) by default", text("2.1"), re.DOTALL).groups()
    norm, twin = nn.BatchNorm(use_running_average=False), torch.nn.BatchNorm1d(2)
    assert (float(theirs), float(ours)) == (twin.momentum, norm.momentum)
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
