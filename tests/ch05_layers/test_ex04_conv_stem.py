"""Graded checks of 5.4 conv_stem: pooling of negative numbers, and maps whose
height, width and depth differ.
"""

import copy

import torch
import torch.nn.functional as F

from flaxkata.checks import compare, expect, fetch, kind, named, preserving, when

LEARNED = "a Flax pool's default stride is 1, and flattening with channels last changes the order of values."

HINTS = (
    "`F.max_pool2d(x, 3)` steps by 3. `x.flatten(1)` goes through a channel's pixels before it moves to the next channel, "
    "and the rows of `fc.weight.T` are in that order.",
    "`nn.max_pool(x, window_shape, strides, padding)` takes a pair, a pair, and a pair of pairs. "
    "`x.transpose(0, 3, 1, 2)` puts the channels before height and width.",
    'stem: Features().apply({"params": ..., "batch_stats": ...}, x); max_pool(x, 3, 2, 1); x.transpose(0, 3, 1, 2)'
    ".reshape(x.shape[0], -1); times the kernel of fc, plus its bias.",
)

WORDS = {
    "F.max_pool2d": "nn.max_pool",
    "F.avg_pool2d": "nn.avg_pool",
    "flatten(1)": "reshape",
}


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def pool_is(learner, jax, x, *args):
    """Compare `max_pool(x, *args)` with PyTorch's."""
    label = f"max_pool(x, {', '.join(map(str, args))}) for x {tuple(channels_last(x).shape)}"
    mine = jax.jit(learner.max_pool, static_argnums=(1, 2, 3))(channels_last(x), *args)
    compare(mine, channels_last(F.max_pool2d(x, *args)), label)


def numpy_state_dict(twin):
    return {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}


def trained(twin):
    """The twin with random parameters and statistics, as after training."""
    with torch.no_grad():
        for tensor in (twin.bn.weight, twin.bn.running_var):
            tensor.uniform_(0.5, 1.5)
        for tensor in (twin.bn.bias, twin.bn.running_mean, twin.fc.bias):
            tensor.normal_()
        twin.bn.running_var[0] *= 1e-3  # here epsilon shows
    return twin.eval()


def without_fc(twin):
    """A copy whose fc returns what it receives."""
    twin = copy.deepcopy(twin)
    twin.fc = torch.nn.Linear(twin.fc.in_features, twin.fc.in_features)
    torch.nn.init.eye_(twin.fc.weight)
    torch.nn.init.zeros_(twin.fc.bias)
    return twin


def without_bn(twin):
    """A copy whose bn returns what it receives, whichever of its four vectors
    is taken for which; conv's kernel is positive, so that relu does so too.
    """
    twin = copy.deepcopy(twin)
    for vector in (twin.bn.weight, twin.bn.bias, twin.bn.running_mean, twin.bn.running_var):
        torch.nn.init.ones_(vector)
    torch.nn.init.uniform_(twin.conv.weight)
    return twin


def without_counter(state_dict):
    return {name: array for name, array in state_dict.items() if name != "bn.num_batches_tracked"}


def backwards(state_dict):
    return dict(reversed(state_dict.items()))


def stem_is(learner, reference, jax, shape, classes, given=dict):
    """Compare the ported stem with TorchStem on images of this shape; whether
    it holds. The first layers come first: a later one is looked at only where
    those before agree. `given` makes the state_dict that `port_stem` gets.
    """
    twin, x = trained(reference.TorchStem(*shape[1:], classes)), torch.rand(shape[0], 3, *shape[1:])
    stages = (
        ("with the identity as bn and as fc", without_fc(without_bn(twin)), x),
        ("with the identity as fc (conv and pooling agree)", without_fc(twin), 2 * x - 1),
        ("with all layers (those before fc agree)", twin, 2 * x - 1),
    )
    for words, stage, x in stages:
        with when(f"for images {shape[1]} x {shape[2]}, {words}"):
            variables = named(preserving(learner.port_stem, "state_dict")(given(numpy_state_dict(stage))), "variables")
            if not compare(jax.jit(learner.stem)(variables, channels_last(x)), stage(x), "stem(variables, x)"):
                return False
    return True


def stems_are(learner, reference, jax, sizes):
    """Port one model for each height, width and classes, then compare them all,
    the first one first. The sizes are new: jax.jit has not yet traced them.
    """
    models = []
    for *shape, classes in sizes:
        twin = trained(reference.TorchStem(*shape, classes))
        variables = named(learner.port_stem(numpy_state_dict(twin)), "variables")
        models.append((twin, variables, 2 * torch.rand(1, 3, *shape) - 1))
    for twin, variables, x in models:
        label = f"stem(variables, x) with classes={twin.fc.out_features}"
        compare(jax.jit(learner.stem)(variables, channels_last(x)), twin(x), label)


def test_stride(learner, jax):
    """Without a `stride`, `max_pool` steps by its `window`, as PyTorch does."""
    pool_is(learner, jax, torch.randn(2, 3, 9, 6), 3)
    pool_is(learner, jax, torch.randn(1, 4, 9, 6), 2)


def test_padding(learner, jax):
    """`max_pool` pads as PyTorch does: equally on each side, and with no value
    that beats a negative number.
    """
    for size in ((8, 6), (9, 7)):
        pool_is(learner, jax, -torch.rand(2, 3, *size) - 1, 3, 2, 1)
    pool_is(learner, jax, -torch.rand(2, 3, 9, 7) - 1, 2, 3, 1)
    pool_is(learner, jax, -torch.rand(2, 3, 9, 7) - 1, 3, None, 1)
    pool_is(learner, jax, -1e38 * (torch.rand(2, 3, 9, 7) + 1), 5, 1, 1)
    pool_is(learner, jax, torch.randn(2, 3, 9, 7), 5, 1, 2)
    pool_is(learner, jax, torch.randn(2, 3, 9, 7), 2, 1, 1)  # one row and one column more
    x = torch.randn(2, 3, 9, 7)
    x[1, 2, 4, 3] = -1e7
    with when("with one number of -1e7"):
        pool_is(learner, jax, x, 3, 2, 1)


def test_stem(learner, reference, jax):
    """With the variables from `port_stem`, which are jax.Arrays, `stem` gives
    TorchStem's numbers under jax.jit.
    """
    variables = learner.port_stem(numpy_state_dict(reference.TorchStem(8, 8, 2)))
    others = sorted({kind(leaf) for leaf in fetch(jax.tree.leaves(variables))} - {"jax.Array"})
    words = f"port_stem(state_dict) has leaves that are not jax.Arrays: {', '.join(others)}. `jnp.asarray` makes them so."
    expect(not others, "the leaves of port_stem(state_dict)", words, detail=str(others))
    stem_is(learner, reference, jax, (2, 24, 12), classes=90)
    agrees = stem_is(learner, reference, jax, (1, 15, 10), classes=3)
    with when("without bn.num_batches_tracked"):
        stem_is(learner, reference, jax, (1, 15, 10), 3, without_counter)
    with when("with the entries of state_dict in a different order"):
        stem_is(learner, reference, jax, (1, 15, 10), 3, backwards)
    if agrees:
        with when("where two models were ported first, of different sizes"):
            stems_are(learner, reference, jax, ((9, 14, 7), (24, 12, 1)))


def test_cube(learner, reference, jax):
    """`stem` gives TorchStem's numbers where height, width and channels of the
    flattened map are equal.
    """
    stem_is(learner, reference, jax, (2, 20, 20), classes=125)
