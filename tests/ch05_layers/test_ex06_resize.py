"""Graded checks of 5.6 resize: enlarging and shrinking, by factors that are not
integers.
"""

import torch

from flaxkata.checks import compare, each, when

LEARNED = "in JAX, antialias is on by default and nearest counts from the centers; there are two cubic curves."

HINTS = (
    "PyTorch's nearest takes x[floor(i * old / new)] along each axis separately. Its other modes take a weighted mean of the "
    "neighbors or, with antialias, of all pixels that a new one covers and some on either side.",
    "Integer arrays as indices take rows and columns: `x[:, rows]`. `jax.image.resize(x, shape, method, antialias=)` does "
    "the rest; `jax.image.ResizeMethod.CUBIC_PYTORCH` is PyTorch's bicubic.",
    "resize_nearest: rows = jnp.arange(size[0]) * x.shape[1] // size[0], columns likewise, x[:, rows][:, :, columns]. "
    'resize_smooth: "bilinear"; for bicubic CUBIC_PYTORCH, or "cubic" if antialias; always pass antialias=antialias.',
)

WORDS = {
    "F.interpolate": "jax.image.resize",
    'mode="nearest-exact"': '"nearest"',
    'mode="bicubic"': "jax.image.ResizeMethod.CUBIC_PYTORCH",
}
LARGER, SMALLER, MIXED = ((5, 7), (8, 9)), ((12, 16), (5, 7)), ((9, 8), (4, 12))
WHOLE = ((8, 9), (4, 3))  # smaller by whole factors, which differ by axis
NARROW = ((5, 9), (12, 7))  # smaller along the width alone, and larger on the whole
THIN = ((1, 6), (3, 4))  # one row, which all new rows repeat


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def nearest_is(learner, reference, old, new, shape=(2, 3)):
    """Compare `resize_nearest` with F.interpolate, from one (height, width) to
    another; x has this batch size and number of channels.
    """
    x = torch.randn(*shape, *old)
    theirs = channels_last(reference.torch_resize(x, new, "nearest", False))
    compare(
        learner.resize_nearest(channels_last(x), new), theirs, f"resize_nearest of {old[0]} x {old[1]} to {new[0]} x {new[1]}"
    )


def smooth_is(learner, reference, old, new, mode, *antialias, shape=(2, 3)):
    """The same for `resize_smooth`; without `antialias`, it is left out."""
    x = torch.randn(*shape, *old)
    theirs = channels_last(reference.torch_resize(x, new, mode, any(antialias)))
    how = ", ".join([mode, *(f"antialias={given}" for given in antialias)])
    label = f"resize_smooth of {old[0]} x {old[1]} to {new[0]} x {new[1]}, {how}"
    compare(learner.resize_smooth(channels_last(x), new, mode, *antialias), theirs, label)


def test_nearest(learner, reference):
    """`resize_nearest` gives F.interpolate's pixels when it enlarges, when it
    shrinks, and when it does one along each axis.
    """
    for sizes in (LARGER, SMALLER, MIXED):
        nearest_is(learner, reference, *sizes)
    nearest_is(learner, reference, *THIN, shape=(1, 4))
    for old, new in (WHOLE, ((3, 4), (6, 12)), ((5, 7), (1, 1))):
        nearest_is(learner, reference, old, new, shape=(2, 1))
    # Of floats, i * (1 / 25) * 5, i / (4 / 14), i / 22 * 22 or i * (30 / 22) is just below a whole number for some i.
    for old, new in (((14, 5), (4, 25)), ((22, 7), (22, 7)), ((30, 7), (22, 4))):
        nearest_is(learner, reference, old, new, shape=(1, 1))


def test_bilinear(learner, reference):
    """`resize_smooth` gives F.interpolate's bilinear numbers, here without
    antialias.
    """
    for sizes in (LARGER, SMALLER, MIXED, WHOLE):
        smooth_is(learner, reference, *sizes, "bilinear")
    smooth_is(learner, reference, *THIN, "bilinear", False, shape=(1, 4))


def test_bicubic(learner, reference):
    """`resize_smooth` gives F.interpolate's bicubic numbers, here without
    antialias.
    """
    for sizes in (LARGER, SMALLER):
        smooth_is(learner, reference, *sizes, "bicubic", False)
    smooth_is(learner, reference, *MIXED, "bicubic", shape=(1, 4))


def test_antialias(learner, reference):
    """With antialias=True, `resize_smooth` gives F.interpolate's numbers in
    both modes, whichever axes are made smaller.
    """
    for mode in ("bilinear", "bicubic"):
        for sizes in (SMALLER, MIXED, NARROW, WHOLE):
            smooth_is(learner, reference, *sizes, mode, True)
        smooth_is(learner, reference, *SMALLER, mode, True, shape=(1, 1))
        smooth_is(learner, reference, (6, 5), (6, 5), mode, True)
    smooth_is(learner, reference, *LARGER, "bicubic", True)


def test_jit(learner, reference, jax):
    """Both functions work under jax.jit, with all arguments except x static,
    and after that without it.
    """
    x, size = torch.randn(2, 3, 6, 8), (5, 9)
    theirs = channels_last(reference.torch_resize(x, size, "nearest", False))
    compare(jax.jit(learner.resize_nearest, static_argnums=1)(channels_last(x), size), theirs, "resize_nearest under jax.jit")
    with when("where jax.jit traced it for these sizes first"):
        compare(learner.resize_nearest(channels_last(x), size), theirs, "resize_nearest")
    compiled = jax.jit(learner.resize_smooth, static_argnums=(1, 2, 3))
    for mode in each(("bilinear", "bicubic"), "with mode {}"):
        theirs = channels_last(reference.torch_resize(x, size, mode, False))
        compare(compiled(channels_last(x), size, mode, False), theirs, "resize_smooth under jax.jit")
        with when("where jax.jit traced it for these sizes first"):
            compare(learner.resize_smooth(channels_last(x), size, mode, False), theirs, "resize_smooth")
