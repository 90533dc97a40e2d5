"""Graded checks of 10.6 resnet_port: growing networks, on images of several
sizes; where an output differs, the layer after which it does is looked for.
"""

import itertools

import pytest
import torch

from flaxkata.checks import Array, as_numpy, compare, expect, fetch, flatten, kind, named, unchanged

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

WORDS = {
    "torch.nn.Conv2d": "nn.Conv",
    "torch.nn.BatchNorm2d": "nn.BatchNorm",
    "state_dict": "flax.traverse_util.unflatten_dict",
}

WHOLE = ((6, 1), (10, 2), (10, 1), (7, 1), (14, 3))
SAME = 1e-5  # max|a - b| / (1 + max|b|) of outputs that are the same


def trained(twin):
    """The network with no number at 0 or 1, in evaluation. In every layer,
    some channels are so small that BatchNorm's epsilon counts, and some are
    turned around, so that a pool before the norm is not one after it.
    """
    with torch.no_grad():
        for name, tensor in twin.state_dict().items():
            if tensor.ndim > 1:
                tensor.normal_(std=1.4 * tensor[0].numel() ** -0.5)
            elif name.endswith((".weight", "running_var")):
                tensor.uniform_(0.5, 1.5)
            elif tensor.ndim:
                tensor.normal_()
        modules = list(twin.modules())
        for conv, bn in itertools.pairwise(modules):
            if isinstance(bn, torch.nn.BatchNorm2d):
                small = torch.where(torch.arange(len(bn.weight)) % 3 == 1, 3e-3, 1.0)
                conv.weight.mul_(small[:, None, None, None])
                bn.weight.mul_(torch.where(torch.arange(len(bn.weight)) % 4 == 2, -1.0, 1.0))
                bn.running_mean.mul_(small)
                bn.running_var.mul_(small**2)
    return twin.eval()


def in_numpy(twin):
    return {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def model_of(learner, blocks, classes):
    shown = f"{blocks[:1]} * {len(blocks)}" if len(blocks) > 4 else blocks
    return named(learner.ResNet(blocks=blocks, classes=classes), f"ResNet({shown}, {classes})")


# --- where an output differs ---


def layers_of(twin):
    """PyTorch's layers in the order of computation: name, the layers that it
    follows, what the network does between them and it, what to look at.
    """
    conv, bn = "weight, padding and stride", "weight, bias, statistics and epsilon"
    found = [("conv1", [], "", conv), ("bn1", ["conv1"], "", bn)]
    last, between = "bn1", "a relu and the max pool"
    for i, block in enumerate(twin.layers):
        at = f"layers.{i}"
        found += [(f"{at}.conv1", [last], between, conv), (f"{at}.bn1", [f"{at}.conv1"], "", bn)]
        found += [(f"{at}.conv2", [f"{at}.bn1"], "a relu", conv), (f"{at}.bn2", [f"{at}.conv2"], "", bn)]
        side = last
        if block.downsample is not None:
            found += [(f"{at}.downsample.0", [last], between, conv)]
            found += [(f"{at}.downsample.1", [f"{at}.downsample.0"], "", bn)]
            side = f"{at}.downsample.1"
        what = "a sum, and then a relu" if side != "bn1" else "a relu and the max pool on one side, then a sum and a relu"
        found += [(at, [f"{at}.bn2", side], what, "")]
        last, between = at, ""
    mean = "the mean over height and width" if twin.layers else "a relu, the max pool and the mean over height and width"
    return [*found, ("fc", [last], mean, "weight and bias")]


def outputs_of(twin, x):
    """What each of PyTorch's layers returns, channels last."""
    found = {}
    hooks = [
        module.register_forward_hook(lambda module, args, output, name=name: found.__setitem__(name, output))
        for name, module in twin.named_modules()
    ]
    twin(x)
    for hook in hooks:
        hook.remove()
    return {name: as_numpy(y.detach().permute(0, 2, 3, 1) if y.ndim == 4 else y.detach()) for name, y in found.items()}


def apart(mine, theirs):
    """By how much two arrays differ; infinitely if their shapes do."""
    if mine.shape != theirs.shape or not mine.size:
        return float("inf")
    return float(abs(mine - theirs).max() / (1 + abs(theirs).max()))


def where_it_differs(twin, x, modules):
    """A sentence about the first of PyTorch's layers whose output none of the
    learner's modules returns: by values, whatever the names are.
    """
    mine = {name: as_numpy(leaf) for name, leaf in modules.items() if isinstance(leaf, Array) and "int" not in leaf.dtype}
    theirs, order = outputs_of(twin, x), layers_of(twin)
    alike = {name: [own for own in mine if apart(mine[own], theirs[name]) <= SAME] for name, *_ in order}
    right = set()
    for name, before, *_ in reversed(order):  # what a right layer follows is right, even if it is not a module
        if name in right or alike[name]:
            right |= {name, *before}
    if len(mine) < 2 or len(right) == len(order):
        return ""
    name, before, between, parts = next(layer for layer in order if layer[0] not in right)
    words = [f"your `{alike[b][0]}` returns what PyTorch's {b} does" for b in before if alike[b]]
    words = [*words, f"none of your modules returns what {name} does"]
    sentence = "; ".join(words)
    sentence = f" {sentence[:1].upper()}{sentence[1:]}."
    if between:
        sentence += f" PyTorch computes {between} there."
    return sentence + (f" Look at the {parts} of {name}{', too' if between else ''}." if parts else "")


def compare_outputs(result, twin, x, label):
    """Compare the logits; if only their values differ, say where they begin to
    differ.
    """
    mine, theirs = fetch(result[0]), as_numpy(twin(x).detach())
    if isinstance(mine, Array) and mine.shape == theirs.shape and mine.dtype == "float32":
        gap = apart(mine.value, theirs)
        if SAME < gap < float("inf"):
            most, of = abs(mine.value - theirs).max(), abs(theirs).max()
            words = f"{label[:1].upper()}{label[1:]} differs from PyTorch by up to {most:.3g}, in numbers of up to {of:.3g}."
            words += where_it_differs(twin, x, fetch(result[1]))
            return expect(False, label, words, mine)
    return compare(result[0], theirs, label)


# --- the checks ---


@pytest.fixture
def same(learner, reference, inside):
    """A function that compares the output of a ported ResNet with PyTorch's."""

    def check(blocks, classes=5, size=(2, 3, 32, 24), applied=inside.compiled):
        twin = trained(reference.TorchResNet(blocks, classes))
        x = torch.randn(size)
        model, variables = model_of(learner, blocks, classes), named(learner.port(in_numpy(twin)), "variables")
        with_all = ", with mutable=True" if applied is not inside.compiled else ""
        result = named(applied(model), f"{model}.apply")(variables, channels_last(x))
        compare_outputs(result, twin, x, f"the output of {model} for images {size[2]} x {size[3]}{with_all}")

    return check


def test_stem(same):
    """A `ResNet` without blocks has PyTorch's output: `conv1`, `bn1`, the pool,
    the mean and `fc`.
    """
    same(())


def test_block(same):
    """A `ResNet` with one `Block` that keeps the shape has PyTorch's output,
    here for a batch of one.
    """
    same(((6, 1),), 3, (1, 3, 33, 26))


def test_downsample(same):
    """A `ResNet` with one `downsample` has PyTorch's output: for more channels,
    and for a stride of 2, even where one pixel is left.
    """
    same(((10, 1),))
    same(((6, 2),), 5, (2, 3, 19, 36))
    same(((6, 2),), 5, (2, 3, 4, 3))


@pytest.mark.points(2)
def test_whole(same):
    """A `ResNet` with five blocks has PyTorch's output, with fewer `channels`
    than before in one block, a stride of 3, and with as many `classes` as there
    are `channels` at the end.
    """
    same(WHOLE, 14, (3, 3, 40, 36))


def test_eleven_blocks(same, inside):
    """A `ResNet` runs eleven blocks one after another, `layers.10` last, and is
    in evaluation with `mutable=True` too.
    """
    same(((6, 1),) * 11, applied=inside.applied)


def test_tree(learner, reference, inside):
    """`port` returns the tree that `ResNet` makes with `init`: the same
    entries, shapes and dtypes, as `jax.Array`s, and no counters of batches.
    """
    twin = reference.TorchResNet(WHOLE, 5)
    wanted = fetch(inside.made(model_of(learner, WHOLE, 5), torch.zeros(1, 32, 24, 3)))
    ported = learner.port(in_numpy(twin))
    counters = [path for path in flatten(fetch(ported)) if "num_batches_tracked" in path]
    words = f"port(state_dict) has {len(counters)} entries num_batches_tracked, which ResNet.init does not make. Skip them."
    if expect(not counters, "the counters of port(state_dict)", words, len(counters)) and compare(
        named(inside.shapes(ported), "port(state_dict)"), wanted, reference="ResNet.init"
    ):
        others = [kind(leaf) for leaf in flatten(fetch(ported)).values() if kind(leaf) != "jax.Array"]
        words = f"port(state_dict) returned {len(others)} arrays that are not jax.Arrays: {', '.join(sorted(set(others)))}."
        expect(not others, "the arrays of port(state_dict)", f"{words} Convert them with `jnp.asarray(...)`.", len(others))


def test_given_unchanged(learner, reference, inside):
    """`port` leaves the given state_dict unchanged."""
    state_dict = named(inside.keep(in_numpy(reference.TorchResNet(((6, 2),), 5))), "state_dict")
    before = fetch(state_dict)
    learner.port(state_dict)
    unchanged(before, fetch(state_dict), "state_dict")
