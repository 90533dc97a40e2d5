"""The figures and claims in the texts of 5.1 to 5.4, measured anew."""

import re

import flax.linen as nn
import fresh
import jax.numpy as jnp
import pytest
import torch
from flax.errors import ModifyScopeVariableError

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


def test_the_statistics_of_batchnorm():
    """5.2: the two momenta, and the share by which PyTorch's stored variance is larger."""
    assert say("5.2", r"momentum \* new +momentum (\S+)\n") == [torch.nn.BatchNorm2d(3).momentum]
    assert say("5.2", r"\(1 - momentum\) \* new +momentum (\S+)\n") == [nn.BatchNorm().momentum]
    count, percent = say("5.2", r"With (\d+) values a channel PyTorch's is (\d+) % larger")
    torch.manual_seed(0)
    x = torch.randn(int(count), 5)
    theirs = torch.nn.BatchNorm1d(5, momentum=1.0)  # the statistics are the batch's alone
    theirs(x)
    variables = {"params": {"scale": jnp.ones(5), "bias": jnp.zeros(5)}}
    variables["batch_stats"] = {"mean": jnp.zeros(5), "var": jnp.ones(5)}
    layer = nn.BatchNorm(use_running_average=False, momentum=0.0)
    with pytest.raises(ModifyScopeVariableError):
        layer.apply(variables, flax(x))
    _, updates = layer.apply(variables, flax(x), mutable=["batch_stats"])
    ratio = flax(theirs.running_var) / updates["batch_stats"]["var"]
    assert jnp.allclose(ratio, 1 + percent / 100, atol=0.005)
