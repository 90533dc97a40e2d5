"""Graded checks of 5.4 conv_stem: pooling of negative numbers, and maps whose
height, width and depth differ.
"""

import torch
import torch.nn.functional as F

from flaxkata.checks import compare, named

LEARNED = "a Flax pool's default stride is 1, and flattening with channels last changes the order of values."

HINTS = (
    "`F.max_pool2d(x, 3)` steps by 3. `x.flatten(1)` goes through a channel's pixels before it moves to the next channel, "
    "and the rows of `fc.weight.T` are in that order.",
    "`nn.max_pool(x, window_shape, strides, padding)` takes a pair, a pair, and a pair of pairs. "
    "`x.transpose(0, 3, 1, 2)` puts the channels before height and width.",
    'stem: Features().apply({"params": ..., "batch_stats": ...}, x); max_pool(x, 3, 2, 1); x.transpose(0, 3, 1, 2)'
    ".reshape(x.shape[0], -1); times the kernel of fc, plus its bias.",
)


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def pool_is(learner, inside, x, *args):
    """Compare `max_pool(x, *args)` with PyTorch's."""
    label = f"max_pool(x, {', '.join(map(str, args))}) for x {tuple(channels_last(x).shape)}"
    compare(inside.pool(learner.max_pool, channels_last(x), *args), channels_last(F.max_pool2d(x, *args)), label)


def stem_is(learner, reference, inside, height, width):
    """Compare the ported stem with a TorchStem that has random parameters and
    statistics, as after training.
    """
    twin = reference.TorchStem(height, width, 4)
    with torch.no_grad():
        for tensor in (twin.bn.weight, twin.bn.running_var):
            tensor.uniform_(0.5, 1.5)
        for tensor in (twin.bn.bias, twin.bn.running_mean, twin.fc.bias):
            tensor.normal_()
    twin.eval()
    state_dict = {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}
    x = torch.randn(2, 3, height, width)
    variables = named(learner.port_stem(state_dict), "variables")
    label = f"the ported stem for images {height} x {width}"
    compare(inside.run(learner.stem, variables, channels_last(x)), twin(x), label)


def test_stride(learner, inside):
    """Without a `stride`, `max_pool` steps by its `window`, as PyTorch does."""
    pool_is(learner, inside, torch.randn(2, 3, 9, 6), 3)


def test_padding(learner, inside):
    """`max_pool` pads as PyTorch does: equally on each side, and with no value
    that beats a negative number.
    """
    for size in ((8, 6), (9, 7)):
        pool_is(learner, inside, -torch.rand(2, 3, *size) - 1, 3, 2, 1)


def test_stem(learner, reference, inside):
    """With the variables from `port_stem`, `stem` gives TorchStem's numbers
    under jax.jit.
    """
    stem_is(learner, reference, inside, 24, 12)
    stem_is(learner, reference, inside, 15, 10)


def test_cube(learner, reference, inside):
    """`stem` gives TorchStem's numbers where height, width and channels of the
    flattened map are equal.
    """
    stem_is(learner, reference, inside, 20, 20)
