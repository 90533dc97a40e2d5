"""The figures and claims in the texts of 5.1 to 5.4, measured again."""

import re

import flax.linen as nn
import fresh
import jax
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
    assert say("5.1", r"groups +required +(\d+)\n") == [nn.GroupNorm().num_groups]
    assert nn.LayerNorm().use_fast_variance and nn.GroupNorm().use_fast_variance


def test_the_epsilon_of_norms():
    """How far off Flax's epsilon is for x around 0.01, and that it hardly shows
    for x around 1.
    """
    torch.manual_seed(0)
    params = {"params": {"scale": jnp.ones(4000), "bias": jnp.zeros(4000)}}
    apart = []
    for scale in (0.01, 1):
        x = scale * torch.randn(4000)
        mine = nn.LayerNorm().apply(params, flax(x))
        apart.append(float(jnp.median(mine / flax(torch.nn.functional.layer_norm(x, (4000,))))) - 1)
    (percent,) = say("5.1", r"around 0.01, Flax's\s+LayerNorm is (\d) % too large")
    assert apart[0] == pytest.approx(percent / 100, abs=0.005)
    assert 0 < apart[1] < 1e-4


def test_the_statistics_of_batchnorm():
    """5.2: the two momenta, and by how much PyTorch's stored variance is
    larger.
    """
    assert say("5.2", r"momentum \* new\n +default momentum (\S+)\n") == [torch.nn.BatchNorm2d(3).momentum]
    assert say("5.2", r"\(1 - momentum\) \* new\n +default momentum (\S+)\n") == [nn.BatchNorm().momentum]
    count, percent = say("5.2", r"With (\d+) values per channel, PyTorch's is (\d+) % larger")
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


def test_the_claims_about_convolutions():
    """5.3: when "SAME" is PyTorch's padding, what one number as kernel_size
    does, and the default padding.
    """
    torch.manual_seed(0)
    size, stride, padding, agrees, _, differs, _ = map(
        int,
        re.search(
            r"With a (\d) x 3 kernel and stride (\d), it gives\s+PyTorch's numbers for padding=(\d) on an image of "
            r"(\d+) x (\d+)\. On one of (\d+) x (\d+), it\s+gives the same shape and different numbers\.",
            text("5.3"),
        ).groups(),
    )
    conv = torch.nn.Conv2d(2, 4, size, stride, padding)
    variables = {"params": {"kernel": flax(conv.weight).transpose(2, 3, 1, 0), "bias": flax(conv.bias)}}
    layer = nn.Conv(4, (size, size), strides=stride)  # padding="SAME" is the default
    for n, same in ((agrees, True), (differs, False)):
        x = torch.randn(1, 2, n, n)
        mine, theirs = layer.apply(variables, flax(x).transpose(0, 2, 3, 1)), flax(conv(x)).transpose(0, 2, 3, 1)
        assert mine.shape == theirs.shape
        assert jnp.allclose(mine, theirs, atol=1e-5) == same
    x = jnp.ones((1, 8, 6, 2))
    for one in (3, (3,)):
        y, fresh_variables = nn.Conv(4, one).init_with_output(jax.random.key(0), x)
        assert y.shape == (1, 8, 6, 4)
        assert fresh_variables["params"]["kernel"].shape == (3, 2, 4)
    even = nn.Conv(1, (4, 4), strides=1, use_bias=False)  # three zeros: one before, two after
    y = even.apply({"params": {"kernel": jnp.ones((4, 4, 1, 1))}}, jnp.ones((1, 6, 6, 1)))
    assert (y[0, 0, 0, 0], y[0, -1, -1, 0]) == (9, 4)


def test_the_claims_about_pooling():
    """5.4: default strides, an int as padding, what a max pool pads with, and
    the epsilon of BatchNorm.
    """
    x = -torch.rand(1, 2, 6, 6) - 1
    mine = flax(x).transpose(0, 2, 3, 1)
    for pool, theirs in ((nn.max_pool, torch.nn.functional.max_pool2d), (nn.avg_pool, torch.nn.functional.avg_pool2d)):
        assert theirs(x, 3).shape[2:] == (2, 2)
        assert jnp.array_equal(pool(mine, (3, 3)), pool(mine, (3, 3), (1, 1), "VALID"))
        with pytest.raises(TypeError):
            pool(mine, (3, 3), (2, 2), 1)
    assert nn.max_pool(mine, (3, 3), (2, 2), ((1, 1), (1, 1))).max() < -1
    assert torch.nn.functional.max_pool2d(x, 3, 2, 1).max() < -1
    assert nn.BatchNorm().epsilon == torch.nn.BatchNorm2d(2).eps == 1e-5
    assert "In Flax it is 1, in `nn.avg_pool` too" in " ".join(text("5.4").split())
