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

    said = r"with stride (\d) and padding (\d), a (\d) x \d kernel turns (\d) x \d pixels into (\d) x \d"
    found = re.search(said, text("5.5"))
    stride, padding, size, before, after = map(int, found.groups())
    layer = torch.nn.ConvTranspose2d(1, 1, size, stride, padding)
    assert layer(torch.zeros(1, 1, before, before)).shape == (1, 1, after, after)
    assert layer.weight.shape == torch.nn.Conv2d(1, 1, size).weight.shape


def test_same_is_a_default_of_the_layer_alone_and_right_for_some_settings():
    import inspect

    import flax.linen as nn
    import jax
    import numpy as np
    import torch

    assert nn.ConvTranspose(1, (3, 3)).padding == "SAME"
    assert inspect.signature(jax.lax.conv_transpose).parameters["padding"].default is inspect.Parameter.empty

    def same_is_right(size, stride, padding, output_padding):
        weight, x = torch.randn(3, 4, size, size), torch.randn(1, 3, 5, 6)
        theirs = torch.nn.functional.conv_transpose2d(x, weight, None, stride, padding, output_padding).numpy()
        mine = jax.lax.conv_transpose(
            x.numpy(),
            weight.permute(2, 3, 1, 0).numpy(),
            (stride, stride),
            "SAME",
            dimension_numbers=("NCHW", "HWIO", "NCHW"),
            transpose_kernel=True,
        )
        return mine.shape == theirs.shape and bool(np.allclose(mine, theirs, atol=1e-4))

    assert same_is_right(4, 2, 1, 0)
    assert not same_is_right(3, 2, 1, 1) and not same_is_right(3, 1, 0, 0)


def test_what_a_negative_padding_does():
    import jax
    import numpy as np
    import torch

    weight, x = torch.randn(3, 4, 2, 2), torch.randn(1, 3, 5, 6)
    theirs = torch.nn.functional.conv_transpose2d(x, weight, None, stride=2, padding=2).numpy()
    mine = jax.lax.conv_transpose(
        x.numpy(),
        weight.permute(2, 3, 1, 0).numpy(),
        (2, 2),
        [(2 - 1 - 2, 2 - 1 - 2)] * 2,
        dimension_numbers=("NCHW", "HWIO", "NCHW"),
        transpose_kernel=True,
    )
    assert mine.shape == theirs.shape and np.allclose(mine, theirs, atol=1e-5)


def test_where_pytorch_nearest_is_not_its_formula(text):
    import numpy as np
    import torch
    import torch.nn.functional as F

    def wrong(old, new):
        x = torch.arange(float(old))[None, None, :, None]
        theirs = F.interpolate(x, size=(new, 1), mode="nearest").flatten().numpy().astype(int)
        exact = np.arange(new) * old // new
        assert np.all((theirs == exact) | (theirs == exact - 1))
        return int((theirs != exact).sum())

    old, new = map(int, re.search(r"such as (\d+) to (\d+) pixels, its", text("5.6")).groups())
    assert 0 < wrong(old, new) < new / 10
    for sizes in ((5, 8), (7, 9), (12, 5), (16, 7), (9, 4), (8, 12), (6, 5), (8, 9), (1, 3), (6, 4)):  # those of the checks
        assert wrong(*sizes) == 0


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
    assert all(same(*smaller, "bicubic", cubic, antialias=True, wanted=True) for cubic in ("cubic", pytorch))
    assert same(*smaller, "nearest-exact", "nearest") and not same(*smaller, "nearest", "nearest")
    assert same(*twice, "nearest", "nearest")
    assert "CUBIC_PYTORCH" in text("5.6")
