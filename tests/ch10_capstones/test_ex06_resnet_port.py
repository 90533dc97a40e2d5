"""Graded checks of 10.6 resnet_port: growing networks, on images whose sizes
are even and differ.
"""

import pytest
import torch

from flaxkata.checks import compare, expect, fetch, flatten, kind, named, unchanged

LEARNED = "a port goes through the state_dict by name and number of axes; right shapes prove nothing."

HINTS = (
    "Go through TorchBlock.forward and TorchResNet.forward line by line: every layer has its twin, `x.mean((2, 3))` is a "
    "mean over height and width, and all paddings are those of PyTorch's constructors. BatchNorm's default epsilon is the "
    "same in PyTorch and Flax.",
    "`nn.Conv(channels, (3, 3), stride, padding=1, use_bias=False)`, `nn.BatchNorm(use_running_average=True)`, "
    "`nn.max_pool(x, (3, 3), (2, 2), ((1, 1), (1, 1)))`. In `port`: `*path, leaf = name.split('.')`, then array.ndim decides "
    "what a weight is: `array.transpose(2, 3, 1, 0)`, `array.T`, or as it is.",
    'Name the blocks f"layers_{i}", the parts of downsample "downsample_0" and "downsample_1", the rest as in PyTorch. Then '
    '`re.sub(r"\\.(\\d+)", r"_\\1", name).split(".")` is the path of an entry in your tree and "weight", "bias" or '
    '"running_...". Collect flat[("params", *path, "kernel")] = jnp.asarray(...), and return unflatten_dict(flat).',
)

WHOLE = ((6, 1), (10, 2), (7, 1), (14, 2))


def trained(twin):
    """The network with no number at 0 or 1, in evaluation."""
    with torch.no_grad():
        for name, tensor in twin.state_dict().items():
            if tensor.ndim > 1:
                tensor.normal_(std=1.4 * tensor[0].numel() ** -0.5)
            elif name.endswith((".weight", "running_var")):
                tensor.uniform_(0.5, 1.5)
            elif tensor.ndim:
                tensor.normal_()
    return twin.eval()


def in_numpy(twin):
    return {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def model_of(learner, blocks, classes):
    return named(learner.ResNet(blocks=blocks, classes=classes), f"ResNet({blocks}, {classes})")


@pytest.fixture
def same(learner, reference, inside):
    """A function that compares the output of a ported ResNet with PyTorch's."""

    def check(blocks, classes=5, logits=inside.logits):
        twin = trained(reference.TorchResNet(blocks, classes))
        x = torch.randn(2, 3, 32, 24)
        variables = named(learner.port(in_numpy(twin)), "variables")
        mine = logits(model_of(learner, blocks, classes), variables, channels_last(x))
        compare(mine, twin(x), f"the output of ResNet({blocks}, {classes})")

    return check


def test_stem(same):
    """A `ResNet` without blocks has PyTorch's output: `conv1`, `bn1`, the pool,
    the mean and `fc`.
    """
    same(())


def test_block(same):
    """A `ResNet` with one `Block` that keeps the shape has PyTorch's output."""
    same(((6, 1),))


def test_downsample(same):
    """A `ResNet` with one `downsample` has PyTorch's output: for more channels,
    and for a stride of 2.
    """
    same(((10, 1),))
    same(((6, 2),))


@pytest.mark.points(2)
def test_whole(same):
    """A `ResNet` with four blocks has PyTorch's output, with fewer `channels`
    than before in one block, and with as many `classes` as there are `channels`
    at the end.
    """
    same(WHOLE, 14)


def test_eleven_blocks(same, inside):
    """A `ResNet` runs eleven blocks one after another, `layers.10` last."""
    same(((6, 1),) * 11, logits=inside.logits_step_by_step)


def test_tree(learner, reference, inside):
    """`port` returns the tree that `ResNet` makes with `init`: the same
    entries, shapes and dtypes, as `jax.Array`s.
    """
    twin = reference.TorchResNet(WHOLE, 5)
    wanted = fetch(inside.made(model_of(learner, WHOLE, 5), torch.zeros(1, 32, 24, 3)))
    ported = learner.port(in_numpy(twin))
    if compare(named(inside.shapes(ported), "port(state_dict)"), wanted, reference="ResNet.init"):
        others = [kind(leaf) for leaf in flatten(fetch(ported)).values() if kind(leaf) != "jax.Array"]
        words = f"port(state_dict) returned {len(others)} arrays that are not jax.Arrays: {', '.join(sorted(set(others)))}."
        expect(not others, "the arrays of port(state_dict)", f"{words} Convert them with `jnp.asarray(...)`.", len(others))


def test_given_unchanged(learner, reference, inside):
    """`port` leaves the given state_dict unchanged."""
    state_dict = named(inside.keep(in_numpy(reference.TorchResNet((), 5))), "state_dict")
    before = fetch(state_dict)
    learner.port(state_dict)
    unchanged(before, fetch(state_dict), "state_dict")
