"""Graded checks of 1.6 torch_init: statistics of many draws, compared with
those of live PyTorch layers.
"""

import numpy as np
import pytest

from flaxkata.checks import compare, expect, fetch

LEARNED = "PyTorch draws uniformly within 1 / sqrt(fan_in), Flax does not; a key is for one draw."

HINTS = (
    "`torch.nn.Linear(400, 600).weight` lies between -0.05 and 0.05, evenly: 0.05 is 1 / sqrt(400). Its bias lies "
    "between the same bounds. One output of a convolution sees kernel height * width * channels inputs.",
    "`jax.random.split(key)` gives two keys; `jax.random.uniform(key, shape, minval=, maxval=)` and "
    "`jax.random.normal(key, shape)` draw.",
    "linear_init: use one key of the split for the kernel (in_features, out_features) and the other for the bias, both "
    "uniform from -1 / sqrt(in_features) to 1 / sqrt(in_features). embedding_init: jax.random.normal(key, shape).",
)

# Relative. The standard deviation of 5,000 uniform draws has a standard error
# of 0.63 %, that of 64,000 normal draws 0.3 %.
STD = 0.03
LINEAR = ((20, 5000), (45, 5000))
CONV = ((3, 5, 4, 5000), (1, 2, 7, 5000))
EMBEDDING = (1000, 64)


def read(label, handle, count):
    """The arrays returned, as float64; None, and a finding, if they are not
    `count` jax.Arrays of float32.
    """
    back = fetch(handle)
    arrays = [back] if count == 1 else back
    listed = isinstance(arrays, tuple | list) and len(arrays) == count and all(hasattr(a, "value") for a in arrays)
    what = f"{len(back)} values" if isinstance(back, tuple | list) else f"a {getattr(back, 'kind', type(back).__name__)}"
    wanted = "one array" if count == 1 else "(kernel, bias), two arrays"
    if not expect(listed, label, f"{label} gave {what}; expected {wanted}."):
        return None
    kinds = [(a.kind, a.dtype) for a in arrays]
    words = f"{label} gave {' and '.join(f'a {kind} of {dtype}' for kind, dtype in kinds)}; expected float32 in a jax.Array."
    good = expect(all(k == ("jax.Array", "float32") for k in kinds), f"type of {label}", words)
    return [a.value.astype(np.float64) for a in arrays] if good else None


def same_shape(label, array, shape):
    words = f"{label} has shape {array.shape}; Flax's layer has {tuple(shape)}."
    return expect(array.shape == tuple(shape), f"the shape of {label}", words, array.shape)


def same_spread(label, mine, theirs):
    """Record mean and standard deviation of two sets of draws."""
    relative(f"the standard deviation of {label}", mine.std(), theirs.std())
    mean, bound = mine.mean(), 5 * theirs.std() / np.sqrt(mine.size)
    words = (
        f"The mean of {label} is {mean:.3g}; with independent draws around 0, as in PyTorch, it stays within {bound:.2g} of 0."
    )
    expect(abs(mean) < bound, f"the mean of {label}", words, round(mean / theirs.std(), 1))


def relative(label, mine, theirs):
    """Record whether two positive numbers are within STD of each other."""
    compare(mine, theirs, label, tolerance=STD * theirs / (1 + theirs))  # compare's tolerance is relative to 1 + theirs


def same_uniform(label, mine, theirs):
    same_spread(label, mine, theirs)
    relative(f"the largest magnitude in {label}", np.abs(mine).max(), np.abs(theirs).max())


def check_layer(label, pair, layer, axes):
    """Compare (kernel, bias) with a PyTorch layer; `axes` bring its weight into
    Flax's layout.
    """
    weight, theirs = layer.weight.detach().permute(axes).numpy(), layer.bias.detach().numpy()
    kernel, bias = pair
    if same_shape(f"the kernel of {label}", kernel, weight.shape):
        same_uniform(f"the kernel of {label}", kernel, weight)
    if same_shape(f"the bias of {label}", bias, theirs.shape):
        same_uniform(f"the bias of {label}", bias, theirs)


@pytest.mark.points(2)
def test_linear(learner, reference, jax):
    """`linear_init` draws kernels and biases as torch.nn.Linear does."""
    for sizes in LINEAR:
        label = f"linear_init(key, {', '.join(map(str, sizes))})"
        if pair := read(label, learner.linear_init(jax.random.key(0), *sizes), 2):
            check_layer(label, pair, reference.torch_linear(*sizes), (1, 0))


@pytest.mark.points(2)
def test_conv(learner, reference, jax):
    """`conv_init` draws kernels and biases as torch.nn.Conv2d does."""
    for sizes in CONV:
        label = f"conv_init(key, {', '.join(map(str, sizes))})"
        if pair := read(label, learner.conv_init(jax.random.key(0), *sizes), 2):
            check_layer(label, pair, reference.torch_conv(*sizes), (2, 3, 1, 0))


def test_embedding(learner, reference, jax):
    """`embedding_init` draws a table as torch.nn.Embedding does."""
    label = f"embedding_init(key, {', '.join(map(str, EMBEDDING))})"
    theirs = reference.torch_embedding(*EMBEDDING).weight.detach().numpy()
    if back := read(label, learner.embedding_init(jax.random.key(0), *EMBEDDING), 1):
        (table,) = back
        if same_shape(label, table, theirs.shape):
            same_spread(label, table, theirs)
            # 68 % for a normal distribution, 58 % for a uniform one
            within = [(np.abs(a) < a.std()).mean() for a in (table, theirs)]
            relative(f"the share of {label} within one standard deviation", *within)


def draws_from_its_key(learner, inside, jax, name, sizes):
    """Record whether the key decides the numbers, and whether each draw has its
    own key.
    """
    draw = getattr(learner, name)
    first, again, other = (fetch(draw(jax.random.key(seed), *sizes)) for seed in (0, 0, 1))
    first, again, other = (a[0] if isinstance(a, tuple | list) else a for a in (first, again, other))
    if expect(all(hasattr(a, "value") for a in (first, again, other)), name, f"{name} did not return arrays."):
        same, apart = np.array_equal(first.value, again.value), not np.allclose(first.value, other.value)
        expect(same, f"{name}, one key twice", f"{name} called twice with jax.random.key(0) drew different numbers.")
        expect(apart, f"{name}, two keys", f"{name} drew the same numbers with jax.random.key(0) and jax.random.key(1).")
    words = f"{name} uses one key twice. A key is for one draw or one split; do not use it again afterwards."
    expect(not fetch(inside.reuses_a_key(draw, jax.random.key(2), *sizes)), f"the keys of {name}", words)


def drawn_apart(learner, jax, name, sizes):
    """Record whether the bias repeats numbers of the kernel."""
    if pair := read(name, getattr(learner, name)(jax.random.key(3), *sizes), 2):
        kernel, bias = pair
        if kernel.size >= bias.size and bias.std() > 0:
            rows = kernel.ravel()[: kernel.size // bias.size * bias.size].reshape(-1, bias.size)
            most = max(abs(np.corrcoef(row, bias)[0, 1]) for row in rows)
            words = f"The bias of {name} repeats numbers of its kernel: their correlation is {most:.2f}."
            expect(most < 0.1, f"the correlation of {name}'s kernel and bias", words, round(most, 1))


def test_linear_keys(learner, inside, jax):
    """`linear_init` draws from its key alone, and draws kernel and bias
    independently.
    """
    draws_from_its_key(learner, inside, jax, "linear_init", (4, 6))
    drawn_apart(learner, jax, "linear_init", LINEAR[0])


def test_conv_keys(learner, inside, jax):
    """`conv_init` draws from its key alone, and draws kernel and bias
    independently.
    """
    draws_from_its_key(learner, inside, jax, "conv_init", (2, 3, 4, 6))
    drawn_apart(learner, jax, "conv_init", CONV[0])


def test_embedding_keys(learner, inside, jax):
    """`embedding_init` draws from its key alone."""
    draws_from_its_key(learner, inside, jax, "embedding_init", (5, 4))
