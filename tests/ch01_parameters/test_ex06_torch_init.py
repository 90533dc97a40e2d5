"""Graded checks of 1.6 torch_init: statistics of many draws, compared with
those of live PyTorch layers.
"""

import numpy as np
import pytest

from flaxkata.checks import between, compare, expect, fetch

LEARNED = "PyTorch draws uniformly within 1 / sqrt(fan_in), Flax does not; a key is for one draw."

HINTS = (
    "`torch.nn.Linear(400, 600).weight` lies between -0.05 and 0.05, evenly: 0.05 is 1 / sqrt(400). Its bias lies "
    "between the same bounds. One output of a convolution sees kernel height * width * channels inputs.",
    "`jax.random.split(key)` gives two keys; `jax.random.uniform(key, shape, minval=, maxval=)` and "
    "`jax.random.normal(key, shape)` draw.",
    "linear_init: use one key of the split for the kernel (in_features, out_features) and the other for the bias, both "
    "uniform from -1 / sqrt(in_features) to 1 / sqrt(in_features). embedding_init: jax.random.normal(key, shape).",
)

WORDS = {
    "torch.nn.init.uniform_": "jax.random.uniform",
    "torch.nn.init.normal_": "jax.random.normal",
    "reset_parameters": "kernel_init",
}

OLDER = {"jax.random.KeyArray": "jax.Array"}

# Relative, and more for fewer draws. Between two sets of 5,000 uniform draws the
# standard deviation has a standard error of 0.9 %, between two of 64,000 normal
# draws of 0.4 %; the checks must hold at half of the tolerance.
STD = 0.03
UNIFORM, NORMAL = 6, 10  # in units of 1 / sqrt(draws)
LINEAR = ((20, 5000), (45, 5000))
CONV = ((3, 5, 4, 5000), (1, 2, 7, 5000))
EMBEDDING = ((1000, 64), (300, 200))
SQUARE = {"linear_init": (6, 6), "conv_init": (3, 3, 3, 3)}
SMALL = {"linear_init": (1, 1), "conv_init": (1, 2, 3, 1), "embedding_init": (1, 3)}  # axes of one


def read(label, handle, count):
    """The arrays returned, as float64; None, and a finding, if they are not
    `count` jax.Arrays of float32.
    """
    back = fetch(handle)
    arrays = [back] if count == 1 else back
    listed = isinstance(arrays, tuple | list) and len(arrays) == count and all(hasattr(a, "value") for a in arrays)
    what = f"{len(back)} values" if isinstance(back, tuple | list) else f"a {getattr(back, 'kind', type(back).__name__)}"
    wanted = "one array" if count == 1 else "(kernel, bias), two arrays"
    if not expect(listed, label, f"{label} gave {what}; expected {wanted}.", detail=what):
        return None
    kinds = [(a.kind, a.dtype) for a in arrays]
    words = f"{label} gave {' and '.join(f'a {kind} of {dtype}' for kind, dtype in kinds)}; expected float32 in a jax.Array."
    good = expect(all(k == ("jax.Array", "float32") for k in kinds), f"type of {label}", words)
    return [a.value.astype(np.float64) for a in arrays] if good else None


def same_shape(label, array, shape):
    words = f"{label} has shape {array.shape}; Flax's layer has {tuple(shape)}."
    return expect(array.shape == tuple(shape), f"the shape of {label}", words, array.shape)


def all_drawn(label, mine, theirs):
    """Record whether each number is a draw of its own; equal ones throughout
    are left to the standard deviation.
    """
    numbers, times = np.unique(mine, return_counts=True)
    count, most = numbers.size, times.max()
    if count == 1 or (count > 0.9 * mine.size and most < 20):
        return expect(True, f"the different numbers of {label}", "")
    words = f"{label} has {count:,} different numbers in {mine.size:,} places"
    words += f", and {numbers[times.argmax()]:.3g} in {most} of them" if most >= 20 else ""
    words += f"; PyTorch's has {np.unique(theirs).size:,}. Each must be a draw of its own: draw the whole shape at once."
    few = "few" if count < 10 else "constant" if count > 0.9 * mine.size else ""
    return expect(False, f"the different numbers of {label}", words[:1].upper() + words[1:], detail=few)


def same_spread(label, mine, theirs, fan_in=1):
    """Record mean and standard deviation of two sets of draws."""
    few = (UNIFORM if fan_in > 1 else NORMAL) / np.sqrt(mine.size)
    relative(f"the standard deviation of {label}", mine.std(), theirs.std(), fan_in, max(STD, few))
    mean, bound = mine.mean(), 5 * max(mine.std(), theirs.std()) / np.sqrt(mine.size)
    words = (
        f"The mean of {label} is {mean:.3g}; with independent draws around 0, as in PyTorch, it stays within {bound:.2g} of 0."
    )
    expect(abs(mean) < bound, f"the mean of {label}", words, round(mean / theirs.std(), 1))


def relative(label, mine, theirs, fan_in=1, tolerance=STD):
    """Record whether two positive numbers agree; both times sqrt(fan_in), so
    that layers of all sizes have numbers around 1.
    """
    times, factor = (f"sqrt({fan_in}) times ", fan_in**0.5) if fan_in > 1 else ("", 1)
    wanted = factor * theirs
    compare(factor * mine, wanted, times + label, tolerance=tolerance * wanted / (1 + wanted))  # of 1 + wanted


def same_uniform(label, mine, theirs, fan_in):
    if not all_drawn(label, mine, theirs):
        return
    same_spread(label, mine, theirs, fan_in)
    relative(f"the largest magnitude in {label}", np.abs(mine).max(), np.abs(theirs).max(), fan_in)


def flax_layout(layer, axes):
    """A PyTorch layer's weight, brought into Flax's layout by `axes`, and its
    bias.
    """
    return layer.weight.detach().permute(axes).numpy(), layer.bias.detach().numpy()


def check_layer(label, pair, layer, axes, many):
    """Compare (kernel, bias) with a PyTorch layer: the shapes, and where there
    are `many` numbers their statistics.
    """
    fan_in = layer.weight[0].numel()
    for name, mine, theirs in zip(("kernel", "bias"), pair, flax_layout(layer, axes), strict=True):
        if same_shape(f"the {name} of {label}", mine, theirs.shape) and many:
            same_uniform(f"the {name} of {label}", mine, theirs, fan_in)


@pytest.mark.points(2)
def test_linear(learner, reference, jax):
    """`linear_init` draws kernels and biases as torch.nn.Linear does."""
    for sizes in (*LINEAR, SMALL["linear_init"]):
        label = f"linear_init(key, {', '.join(map(str, sizes))})"
        if pair := read(label, learner.linear_init(jax.random.key(0), *sizes), 2):
            check_layer(label, pair, reference.torch_linear(*sizes), (1, 0), many=sizes in LINEAR)


@pytest.mark.points(2)
def test_conv(learner, reference, jax):
    """`conv_init` draws kernels and biases as torch.nn.Conv2d does."""
    for sizes in (*CONV, SMALL["conv_init"]):
        label = f"conv_init(key, {', '.join(map(str, sizes))})"
        if pair := read(label, learner.conv_init(jax.random.key(0), *sizes), 2):
            check_layer(label, pair, reference.torch_conv(*sizes), (2, 3, 1, 0), many=sizes in CONV)


def test_embedding(learner, reference, jax):
    """`embedding_init` draws a table as torch.nn.Embedding does."""
    for sizes in (*EMBEDDING, SMALL["embedding_init"]):
        label = f"embedding_init(key, {', '.join(map(str, sizes))})"
        theirs = reference.torch_embedding(*sizes).weight.detach().numpy()
        if back := read(label, learner.embedding_init(jax.random.key(0), *sizes), 1):
            (table,) = back
            if same_shape(label, table, theirs.shape) and sizes in EMBEDDING and all_drawn(label, table, theirs):
                same_spread(label, table, theirs)
                # 68 % for a normal distribution, 58 % for a uniform one
                within = [(np.abs(a) < a.std()).mean() for a in (table, theirs)]
                relative(f"the share of {label} within one standard deviation", *within, tolerance=NORMAL / np.sqrt(table.size))


def draws_from_its_key(learner, inside, jax, name, sizes):
    """Record whether the key decides the numbers, and whether each draw has its
    own key.
    """
    draw, seeds = getattr(learner, name), (0, 1, int(between(100, 10_000)))
    first, last = fetch(jax.random.key_data(jax.random.key(0))).value
    sharing = jax.random.wrap_key_data(np.array([first ^ 1, last], np.uint32))
    drawn = [fetch(draw(key, *sizes)) for key in (*map(jax.random.key, seeds), sharing, jax.random.key(0))]
    drawn = [tuple(a) if isinstance(a, tuple | list) else (a,) for a in drawn]
    if expect(all(hasattr(a, "value") for arrays in drawn for a in arrays), name, f"{name} did not return arrays."):
        for what, arrays in zip(("numbers", "biases"), zip(*drawn, strict=True), strict=False):
            *numbers, again = (a.value for a in arrays)
            if what == "biases" and np.ptp(numbers[0]) == 0:
                continue  # a constant, as the standard deviation says
            label = name if what == "numbers" else f"the bias of {name}"
            same, words = (
                np.array_equal(numbers[0], again),
                f"{name} called twice with jax.random.key(0) drew different {what}.",
            )
            expect(same, f"{label}, one key twice", words)
            others = [f"jax.random.key({seed})" for seed in seeds[1:]]
            others.append("a key with a different first number and the same second one")
            alike = [other for other, b in zip(others, numbers[1:], strict=True) if np.allclose(numbers[0], b)]
            for b, other in enumerate(others, 1):
                words = f"{name} drew the same {what} with jax.random.key(0) and {other}."
                expect(other not in alike, f"{label}, keys 0 and {b}", words)
            if not alike:
                independent(label, what, numbers)
    words = f"{name} uses one key twice. A key is for one draw or one split; do not use it again afterwards."
    expect(not fetch(inside.reuses_a_key(draw, jax.random.key(2), *sizes)), f"the keys of {name}", words)


def independent(label, what, numbers):
    """Record whether something about the numbers is the same with every key:
    the numbers themselves in another order, their mean, or their standard
    deviation.
    """
    means, spreads = ([f(n, dtype=np.float64) for n in numbers] for f in (np.mean, np.std))
    same = {
        f"the same {what} in another order": all(np.allclose(np.sort(numbers[0], None), np.sort(n, None)) for n in numbers),
        f"{what} with the same mean": np.ptp(means) < 1e-5 * spreads[0],
        f"{what} with the same standard deviation": np.ptp(spreads) < 1e-5 * spreads[0],
    }
    found = next((said for said, holds in same.items() if holds), "")
    words = f"Each key gave {label} {found}. Each number must be a draw of its own, which no other decides."
    expect(not found, f"{label} with different keys", words, detail=found)


def drawn_apart(learner, jax, name, sizes):
    """Record whether the bias repeats numbers of the kernel."""
    if pair := read(name, getattr(learner, name)(jax.random.key(3), *sizes), 2):
        kernel, bias = pair
        if kernel.size >= bias.size and bias.std() > 0:
            rows = kernel.ravel()[: kernel.size // bias.size * bias.size].reshape(-1, bias.size)
            most = max(abs(np.corrcoef(row, bias)[0, 1]) for row in rows)
            words = f"The bias of {name} repeats numbers of its kernel: their correlation is {most:.2f}."
            expect(most < 0.1, f"the correlation of {name}'s kernel and bias", words, round(most, 1))
    if pair := read(name, getattr(learner, name)(jax.random.key(3), *SQUARE[name]), 2):
        kernel, bias = pair
        if np.unique(kernel).size > 1:
            found = float(np.isin(bias, kernel).mean())
            words = f"The bias of {name} repeats numbers of its kernel where all sizes are {SQUARE[name][0]}."
            expect(found < 0.5, f"numbers of {name}'s kernel in its bias", words, found)


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
