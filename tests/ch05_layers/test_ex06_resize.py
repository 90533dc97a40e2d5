"""Graded checks of 5.6 resize: enlarging and shrinking, by factors that are not
integers.
"""

import torch

from flaxkata.checks import compare

LEARNED = "in JAX, antialias is on by default and nearest counts from the centers; there are two cubic curves."

HINTS = (
    "PyTorch's nearest takes x[floor(i * old / new)] along each axis separately. Its other modes take a weighted mean of the "
    "neighbors or, with antialias, of all pixels that a new one covers.",
    "Integer arrays as indices take rows and columns: `x[:, rows]`. `jax.image.resize(x, shape, method, antialias=)` does "
    "the rest; `jax.image.ResizeMethod.CUBIC_PYTORCH` is PyTorch's bicubic.",
    "resize_nearest: rows = jnp.arange(size[0]) * x.shape[1] // size[0], columns likewise, x[:, rows][:, :, columns]. "
    'resize_smooth: "bilinear"; for bicubic CUBIC_PYTORCH, or "cubic" if antialias; always pass antialias=antialias.',
)
LARGER, SMALLER, MIXED = ((5, 7), (8, 9)), ((12, 16), (5, 7)), ((9, 8), (4, 12))


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def same_as_torch(resize, reference, old, new, mode, antialias):
    """Compare `resize(x, size)` with F.interpolate, from one (height, width) to
    another.
    """
    x = torch.randn(2, 3, *old)
    theirs = channels_last(reference.torch_resize(x, new, mode, antialias))
    label = f"{mode}, antialias={antialias}, {old[0]} x {old[1]} to {new[0]} x {new[1]}"
    compare(resize(channels_last(x), new), theirs, label)


def test_nearest(learner, reference):
    """`resize_nearest` gives F.interpolate's pixels when it enlarges, when it
    shrinks, and when it does one along each axis.
    """
    for sizes in (LARGER, SMALLER, MIXED):
        same_as_torch(learner.resize_nearest, reference, *sizes, "nearest", False)


def smooth(learner, mode, antialias):
    return lambda x, size: learner.resize_smooth(x, size, mode, antialias)


def test_bilinear(learner, reference):
    """`resize_smooth` gives F.interpolate's bilinear numbers, here with
    antialias=False.
    """
    for sizes in (LARGER, SMALLER, MIXED):
        same_as_torch(smooth(learner, "bilinear", False), reference, *sizes, "bilinear", False)


def test_bicubic(learner, reference):
    """`resize_smooth` gives F.interpolate's bicubic numbers, here with
    antialias=False.
    """
    for sizes in (LARGER, SMALLER):
        same_as_torch(smooth(learner, "bicubic", False), reference, *sizes, "bicubic", False)


def test_antialias(learner, reference):
    """With antialias=True, `resize_smooth` gives F.interpolate's numbers in
    both modes.
    """
    for mode in ("bilinear", "bicubic"):
        same_as_torch(smooth(learner, mode, True), reference, *SMALLER, mode, True)


def test_jit(learner, reference, jax):
    """Both functions work under jax.jit, with a static `size`."""
    x, size = torch.randn(2, 3, 6, 8), (5, 9)
    theirs = channels_last(reference.torch_resize(x, size, "nearest", False))
    compare(jax.jit(learner.resize_nearest, static_argnums=1)(channels_last(x), size), theirs, "resize_nearest under jax.jit")
    theirs = channels_last(reference.torch_resize(x, size, "bilinear", False))
    compiled = jax.jit(learner.resize_smooth, static_argnums=(1, 2, 3))
    compare(compiled(channels_last(x), size, "bilinear", False), theirs, "resize_smooth under jax.jit")
