"""Graded checks of 2.3 look_alikes."""

import torch

from flaxkata.checks import compare

LEARNED = "a function with PyTorch's name may follow NumPy: split counts pieces, std divides by n, pad takes pairs."

HINTS = (
    "torch.split takes the size of a piece; jnp.split takes the number of pieces or a list of places to cut. jnp.pad takes "
    "one pair per axis, from the first to the last. torch.std divides by n - 1.",
    "`jnp.split(x, [3, 6, 9])` cuts before rows 3, 6 and 9; `jnp.pad(x, [(0, 0), (left, right)])` pads the second of two "
    "axes; `x.std` takes `axis`, `ddof` and `keepdims`.",
    "split: jnp.split(x, list(range(size, x.shape[0], size))). pad_last: [(0, 0)] * (x.ndim - 1) + [(left, right)]. "
    "std: ddof=1, keepdims=True.",
)


def both_ways(learner, jax, name, static):
    """One of the learner's functions as it is and under jax.jit, each with its
    name for messages.
    """
    function = getattr(learner, name)
    return ((function, name), (jax.jit(function, static_argnums=static), f"jax.jit({name})"))


def test_split(learner, reference, jax):
    """`split` gives PyTorch's pieces where they are all of equal size."""
    x = torch.randn(6, 3)
    for function, name in both_ways(learner, jax, "split", 1):
        for size in (2, 6):
            compare(function(x, size), reference.torch_split(x, size), f"{name}(x, {size}) for x of 6 rows")


def test_split_with_a_rest(learner, reference, jax):
    """`split` gives PyTorch's pieces where the last one is shorter, or the only
    one.
    """
    x = torch.randn(10)
    for function, name in both_ways(learner, jax, "split", 1):
        for size in (3, 12):
            compare(function(x, size), reference.torch_split(x, size), f"{name}(x, {size}) for x of 10 rows")


def test_pad_last(learner, reference, jax):
    """`pad_last` gives what F.pad gives for x with one, two and three axes."""
    for function, name in both_ways(learner, jax, "pad_last", (1, 2)):
        for shape, left, right in (((4,), 1, 2), ((3, 4), 2, 0), ((2, 3, 4), 1, 3)):
            x = torch.randn(shape)
            expected = reference.torch_pad_last(x, left, right)
            compare(function(x, left, right), expected, f"{name}(x, {left}, {right}) for x {shape}")


def test_std(learner, reference, jax):
    """`std` gives PyTorch's standard deviation, with the axis kept."""
    x = 2 + 3 * torch.randn(5, 3)
    for function, name in both_ways(learner, jax, "std", 1):
        for axis in (0, -1):
            compare(function(x, axis), reference.torch_std(x, axis), f"{name}(x, {axis}) for x (5, 3)")
