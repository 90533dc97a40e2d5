"""Measures what the text of 5.9 says of pooling in PyTorch and in Flax."""

import itertools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def last(x):
    """A tensor with its channels last, as a JAX array."""
    return jnp.asarray(x.movedim(1, 3).contiguous().numpy())


def test_layouts_and_defaults():
    """Flax pools over the axes behind the first; strides are 1 by default, and
    PyTorch's are the kernel size.
    """
    assert nn.max_pool(jnp.ones((2, 3, 6, 8)), (2, 2), (2, 2)).shape == (2, 1, 3, 8)
    assert nn.max_pool(jnp.ones((1, 6, 6, 1)), (2, 2)).shape == (1, 5, 5, 1)
    assert F.max_pool2d(torch.ones(1, 1, 6, 6), 2).shape == (1, 1, 3, 3)


def test_padding_of_a_maximum():
    """nn.max_pool pads with -inf; zeros around negative numbers give 0."""
    x = -1 - torch.rand(1, 2, 6, 5)
    mine = nn.max_pool(last(x), (3, 3), (2, 2), ((1, 1), (1, 1)))
    assert np.array_equal(mine, last(F.max_pool2d(x, 3, 2, 1)))
    zeros = jnp.pad(last(x), ((0, 0), (1, 1), (1, 1), (0, 0)))
    assert nn.max_pool(zeros, (3, 3), (2, 2)).max() == 0


def test_numbers_of_windows():
    """Both formulas, along one axis."""
    tried = 0
    for n, k, s in itertools.product(range(3, 12), range(1, 6), range(1, 5)):
        for p in range(k // 2 + 1):
            if n + 2 * p < k:
                continue
            x = torch.ones(1, 1, n)
            rounded_up = (n + 2 * p - k + s - 1) // s + 1
            dropped = (rounded_up - 1) * s - p >= n
            assert F.avg_pool1d(x, k, s, p).shape[-1] == (n + 2 * p - k) // s + 1
            assert F.avg_pool1d(x, k, s, p, ceil_mode=True).shape[-1] == rounded_up - dropped
            tried += 1
    assert tried == 384


def test_what_a_mean_is_divided_by():
    """With count_include_pad the padding counts, and what ceil_mode adds beyond
    it does not; nn.avg_pool counts all of its padding, or none.
    """
    x = torch.ones(1, 1, 6, 6)
    theirs = F.avg_pool2d(x, 3, 2, 1, ceil_mode=True)[0, 0]
    assert theirs[0].tolist() == pytest.approx([4 / 9, 6 / 9, 6 / 9, 2 / 6])
    assert F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False).eq(1).all()
    pads = ((1, 2), (1, 2))
    mine = nn.avg_pool(last(x), (3, 3), (2, 2), pads)[0, :, :, 0]
    assert mine[0].tolist() == pytest.approx([4 / 9, 6 / 9, 6 / 9, 2 / 9])
    assert np.allclose(nn.avg_pool(last(x), (3, 3), (2, 2), pads, count_include_pad=False), 1)


def test_bfloat16():
    """nn.avg_pool adds up in bfloat16, PyTorch in float32."""
    x = (torch.rand(1, 1, 32, 32) + 1).bfloat16()
    mine = nn.avg_pool(last(x.float()).astype(jnp.bfloat16), (32, 32)).item()
    assert mine == 0.5
    for theirs in (F.avg_pool2d(x, 32), F.adaptive_avg_pool2d(x, 1)):
        assert theirs.item() == pytest.approx(x.float().mean().item(), rel=4e-3)
    assert last(x.float()).astype(jnp.bfloat16).mean((1, 2)).item() == theirs.item()


def test_adaptive_windows():
    """Windows from floor(i * n / m) to ceil((i + 1) * n / m); some share
    pixels.
    """
    for n, m in itertools.product(range(1, 13), range(1, 13)):
        x = torch.randn(1, 1, n)
        windows = [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
        means = torch.stack([x[..., a:b].mean(-1) for a, b in windows], -1)
        assert torch.allclose(F.adaptive_avg_pool1d(x, m), means)
    assert [(i * 8 // 3, -(-(i + 1) * 8 // 3)) for i in range(3)] == [(0, 3), (2, 6), (5, 8)]


def test_gradients_of_a_maximum():
    """What the mistake no_gradient says."""

    def gradient(first, function=jax.lax.max, x=None):
        x = jnp.arange(16.0).reshape(1, 4, 4, 1)
        window = (1, 2, 2, 1)
        return jax.jit(jax.grad(lambda x: jax.lax.reduce_window(x, first(), function, window, window, "VALID").sum()))(x)

    for first in (lambda: -jnp.inf, lambda: np.array(-np.inf, np.float32)):
        assert gradient(first).sum() == 4
    for first, function in (
        (lambda: jnp.array(-jnp.inf), jax.lax.max),
        (lambda: -jnp.inf, lambda a, b: jnp.where(a > b, a, b)),
    ):
        with pytest.raises(ValueError, match="Linearization"):
            gradient(first, function)
    for end, works in ((0, True), (-1, False)):
        pads = ((0, end), (0, 0))
        derivative = jax.jit(jax.grad(lambda x, pads=pads: nn.max_pool(x, (2, 2), (2, 2), pads).sum()))
        if works:
            assert derivative(jnp.arange(20.0).reshape(1, 5, 4, 1)).sum() == 4
        else:
            with pytest.raises(TypeError):
                derivative(jnp.arange(20.0).reshape(1, 5, 4, 1))


def test_ties():
    """The first of the pixels that tie gets all of the gradient."""
    x = torch.zeros(1, 1, 2, 2, requires_grad=True)
    F.max_pool2d(x, 2).sum().backward()
    mine = jax.grad(lambda x: nn.max_pool(x, (2, 2)).sum())(jnp.zeros((1, 2, 2, 1)))
    assert x.grad.ravel().tolist() == mine.ravel().tolist() == [1, 0, 0, 0]
