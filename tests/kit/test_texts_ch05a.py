"""The figures and claims in the texts of 5.1 to 5.4, measured anew."""

import re

import flax.linen as nn
import fresh
import jax.numpy as jnp
import pytest
import torch

from flaxkata import catalog

torch.set_num_threads(1)


def text(number):
    (exercise,) = catalog.select(fresh.ROOT, [number])
    return exercise.text


def say(number, pattern):
    """The figures that `pattern` finds in an exercise's text."""
    return [float(n) for n in re.search(pattern, text(number)).groups()]


def flax(array):
    return jnp.asarray(array.detach().numpy())


def test_the_defaults_of_norms():
    """The table of 5.1."""
    torchs, flaxs = say("5.1", r"epsilon +(\S+) +(\S+)\n")
    assert {torch.nn.LayerNorm(3).eps, torch.nn.GroupNorm(1, 3).eps} == {torchs}
    assert {nn.LayerNorm().epsilon, nn.GroupNorm().epsilon} == {flaxs}
    torchs, flaxs = say("5.1", r"of RMSNorm +torch.finfo\(x.dtype\).eps, (\S+) +(\S+)\n")
    assert (torch.nn.RMSNorm(3).eps, nn.RMSNorm().epsilon) == (None, flaxs)
    assert torch.finfo(torch.float32).eps == pytest.approx(torchs, rel=0.01)
    assert say("5.1", r"groups +you say how many +(\d+), unless") == [nn.GroupNorm().num_groups]
    assert nn.LayerNorm().use_fast_variance and nn.GroupNorm().use_fast_variance


def test_the_epsilon_of_norms():
    """What Flax's epsilon makes of x around 0.01, and that of x around 1 one hardly sees it."""
    torch.manual_seed(0)
    params = {"params": {"scale": jnp.ones(4000), "bias": jnp.zeros(4000)}}
    apart = []
    for scale in (0.01, 1):
        x = scale * torch.randn(4000)
        mine = nn.LayerNorm().apply(params, flax(x))
        apart.append(float(jnp.median(mine / flax(torch.nn.functional.layer_norm(x, (4000,))))) - 1)
    (percent,) = say("5.1", r"around 0.01, Flax's LayerNorm is\s+(\d) % too large")
    assert apart[0] == pytest.approx(percent / 100, abs=0.005)
    assert 0 < apart[1] < 1e-4
