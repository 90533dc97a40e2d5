"""Graded checks of 2.3 look_alikes."""

import warnings

import torch

from flaxkata.checks import compare, each, fetch, when

LEARNED = "a function with PyTorch's name may follow NumPy: split counts pieces, std divides by n, pad takes pairs."

HINTS = (
    "torch.split takes the size of a piece; jnp.split takes the number of pieces or a list of places to cut. jnp.pad takes "
    "one pair per axis, from the first to the last. torch.std divides by n - 1.",
    "`jnp.split(x, [3, 6, 9])` cuts before rows 3, 6 and 9; `jnp.pad(x, [(0, 0), (left, right)])` pads the second of two "
    "axes; `x.std` takes `axis`, `ddof` and `keepdims`.",
    "split: jnp.split(x, list(range(size, x.shape[0], size))). pad_last: [(0, 0)] * (x.ndim - 1) + [(left, right)]. "
    "std: ddof=1, keepdims=True.",
)

WORDS = {
    "torch.split": "jnp.split",
    "x.repeat": "jnp.tile",
    "torch.repeat_interleave": "jnp.repeat",
    "F.pad": "jnp.pad",
    "x.std()": "jnp.std(x, ddof=1)",
    "dim": "axis",
    "keepdim": "keepdims",
}


def both_ways(function, jax, static, compiled):
    """One of the learner's functions, as it is, and `compiled`, under
    jax.jit.
    """
    yield function
    if compiled:
        with when("under jax.jit"):
            yield jax.jit(function, static_argnums=static)


def test_split(learner, reference, jax):
    """`split` gives PyTorch's pieces where they are all of equal size, even
    with NaN and infinities in x.
    """
    for shape, size in each((((6, 3), 2), ((6, 3), 6), ((12,), 3), ((4, 2, 3), 1), ((1, 2), 1)), "for x of {} and size {}"):
        x = torch.randn(shape)
        for function in both_ways(learner.split, jax, 1, compiled=size == 3):
            compare(function(x, size), reference.torch_split(x, size), "split(x, size)")
    with when("with NaN and infinities in x"):
        x = not_finite(6, 3)
        compare(learner.split(x, 2), reference.torch_split(x, 2), "split(x, size)")


def not_finite(*shape):
    """Numbers, the last three of them an infinity, NaN and the other
    infinity.
    """
    x = torch.randn(shape)
    x.view(-1)[-3:] = torch.tensor([torch.inf, torch.nan, -torch.inf])
    return x


def test_split_with_a_rest(learner, reference, jax):
    """`split` gives PyTorch's pieces where the last one is shorter, or the only
    one.
    """
    for shape, size in each((((10,), 3), ((10,), 4), ((7, 2), 5), ((10,), 12), ((5, 2, 2), 2)), "for x of {} and size {}"):
        x = torch.randn(shape)
        for function in both_ways(learner.split, jax, 1, compiled=size == 3):
            compare(function(x, size), reference.torch_split(x, size), "split(x, size)")


def test_pad_last(learner, reference, jax):
    """`pad_last` gives what F.pad gives for x with one to four axes, even with
    NaN and infinities in x.
    """
    cases = ((4,), 1, 2), ((3, 4), 2, 0), ((2, 3, 4), 1, 3), ((3, 4), 0, 2), ((2, 1, 3, 1), 2, 1), ((4,), 0, 0)
    for shape, left, right in each(cases, "for x of {}, left {} and right {}"):
        x = torch.randn(shape)
        for function in both_ways(learner.pad_last, jax, (1, 2), compiled=len(shape) == 3):
            compare(function(x, left, right), reference.torch_pad_last(x, left, right), "pad_last(x, left, right)", given=x)
    with when("with NaN and infinities in x"):
        x = not_finite(2, 3, 4)
        compare(learner.pad_last(x, 1, 3), reference.torch_pad_last(x, 1, 3), "pad_last(x, left, right)", given=x)


def same_numbers(mine, expected, label):
    """Compare the numbers, and the shape by itself where it differs: two
    mistakes.
    """
    value = getattr(fetch(mine), "value", None)
    if value is None or value.shape == expected.shape or value.size != expected.numel():
        compare(mine, expected, label)
    else:
        compare(value.reshape(expected.shape), expected, label)
        compare(mine, expected, f"the result of {label}")


def test_std(learner, reference, jax):
    """`std` gives PyTorch's standard deviation, with the axis kept; NaN for an
    axis of size 1, and where a number along it is not finite.
    """
    cases = (
        ((5, 3), 0, 2),
        ((5, 3), -1, 2),
        ((2, 4, 3), 1, 0),
        ((2, 4, 3), -3, 0),
        ((2, 4, 3), 2, 0),
        ((6,), 0, 100),
        ((4, 1), 1, 2),
    )
    for shape, axis, mean in each(cases, "for x of {}, axis {} and a mean of {}"):
        x = mean + torch.randn(shape)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch's about an axis of size 1
            expected = reference.torch_std(x, axis)
        for function in both_ways(learner.std, jax, 1, compiled=len(shape) == 3):
            same_numbers(function(x, axis), expected, "std(x, axis)")
    with when("where the mean differs from one end of the other axes to the other, from -100 to 100"):
        x = torch.randn(2, 4, 3) + torch.linspace(-100, 100, 6).view(2, 1, 3)
        same_numbers(learner.std(x, 1), reference.torch_std(x, 1), "std(x, axis)")
    with when("with NaN and infinities in x"):
        x = not_finite(5, 3)
        for axis in (1, 0):  # all three in one row; each in a column of its own
            same_numbers(learner.std(x, axis), reference.torch_std(x, axis), "std(x, axis)")
        same_numbers(learner.std(not_finite(6), 0), reference.torch_std(not_finite(6), 0), "std(x, axis)")
    with when("where all elements are equal"):
        x = torch.full((4, 2), 3.0)
        compare(learner.std(x, 0), reference.torch_std(x, 0), "std(x, axis)", tolerance=0)
