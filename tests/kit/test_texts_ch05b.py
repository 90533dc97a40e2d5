"""Figures and claims in the texts of 5.5 and 5.6, measured."""

import re

import fresh
import pytest

from flaxkata import catalog


@pytest.fixture(scope="module")
def text():
    """The docstring of an exercise by number."""
    return lambda number: " ".join(catalog.select(fresh.ROOT, [number])[0].text.split())


def test_how_large_a_transposed_convolution_makes_an_image(text):
    import torch

    found = re.search(r"with stride (\d) and padding (\d), a (\d) x \d kernel makes (\d) x \d pixels of (\d) x \d", text("5.5"))
    stride, padding, size, after, before = map(int, found.groups())
    layer = torch.nn.ConvTranspose2d(1, 1, size, stride, padding)
    assert layer(torch.zeros(1, 1, before, before)).shape == (1, 1, after, after)
    assert layer.weight.shape == torch.nn.Conv2d(1, 1, size).weight.shape


def test_which_resize_is_which(text):
    """The table of 5.6, in both directions."""
    import jax
    import numpy as np
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(1)

    def same(old, new, mode, method, antialias=False, wanted=False):
        x = torch.randn(1, 1, *old, generator=torch.Generator().manual_seed(0))
        theirs = F.interpolate(x, size=new, mode=mode, antialias=wanted)[0, 0].numpy()
        mine = jax.image.resize(x[0, 0].numpy(), new, method, **({} if antialias is None else {"antialias": antialias}))
        return bool(np.abs(mine - theirs).max() < 1e-5)

    larger, smaller, twice = ((5, 7), (8, 9)), ((12, 16), (5, 7)), ((5, 7), (10, 14))
    pytorch = jax.image.ResizeMethod.CUBIC_PYTORCH
    assert same(*larger, "bilinear", "bilinear", antialias=None)
    assert not same(*smaller, "bilinear", "bilinear", antialias=None) and same(*smaller, "bilinear", "bilinear")
    assert same(*smaller, "bicubic", pytorch) and not same(*larger, "bicubic", "cubic")
    assert same(*smaller, "bicubic", "cubic", antialias=True, wanted=True)
    assert same(*smaller, "nearest-exact", "nearest") and not same(*smaller, "nearest", "nearest")
    assert same(*twice, "nearest", "nearest")
    assert "CUBIC_PYTORCH" in text("5.6")
