"""Graded checks of 10.7 resnet_training: few values per channel in the last
block, so that n / (n - 1) is not near 1.
"""

import copy
import re

import pytest
import torch

from flaxkata.checks import compare, curve, fetch, named, unchanged

LEARNED = "a training step takes and returns parameters, momentum and statistics; right losses do not prove the last."

HINTS = (
    "PyTorch's step writes into three places: p.data, the optimizer's state and the BatchNorms. Carry `variables` and "
    "`opt_state` through, and differentiate with respect to the parameters alone; the loss function returns the statistics, "
    "too.",
    "`jax.value_and_grad(loss_fn, has_aux=True)(params)` returns ((loss, updates), grads) if loss_fn returns (loss, updates), "
    'and updates come from `model.apply(..., train=True, mutable=["batch_stats"])`. `tx.update(grads, opt_state, params)`. '
    "TorchBN is that of 5.2 (`kata solution 5.2` shows ours).",
    'loss_fn(params): model.apply({**variables, "params": params}, images, train=True, mutable=["batch_stats"]), then '
    'optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean() and the updates. Return {"params": '
    "optax.apply_updates(params, changes), **updates}, opt_state, loss.",
)

BLOCKS, CLASSES, STEPS = ((10, 2),), 5, 10


def perturbed(twin):
    """The network with no number at 0 or 1."""
    with torch.no_grad():
        for name, tensor in twin.state_dict().items():
            if tensor.ndim > 1:
                tensor.normal_(std=tensor[0].numel() ** -0.5)
            elif tensor.is_floating_point() and ("bn" in name or "downsample" in name) and "bias" not in name:
                tensor.uniform_(0.5, 1.5)
            elif tensor.is_floating_point():
                tensor.normal_(std=0.5)
    return twin


def in_flax(twin):
    """A network's parameters and statistics, as the Flax twin has them."""
    variables = {"params": {}, "batch_stats": {}}
    for name, tensor in twin.state_dict().items():
        *path, leaf = re.sub(r"\.(\d+)", r"_\1", name).split(".")
        place = variables["batch_stats" if leaf.startswith("running") else "params"]
        if leaf == "num_batches_tracked":
            continue
        for key in path:
            place = place.setdefault(key, {})
        if tensor.ndim == 4:
            place["kernel"] = tensor.permute(2, 3, 1, 0)
        elif tensor.ndim == 2:
            place["kernel"] = tensor.T
        else:
            place[{"weight": "scale"}.get(leaf, leaf.removeprefix("running_"))] = tensor
    return copy.deepcopy(variables)


def deepest_first(stats):
    """The same tree with the last layers first: their maps are the smallest, so
    mistakes show most there.
    """
    return {name: deepest_first(stats[name]) for name in reversed(stats)} if isinstance(stats, dict) else stats


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def in_jax(batches):
    return [(channels_last(images), labels.int()) for images, labels in batches]


class SmallTwin(torch.nn.Module):
    """The network of `inside.Small`."""

    def __init__(self, classes):
        super().__init__()
        self.conv, self.bn = torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)
        self.fc = torch.nn.Linear(4, classes)

    def forward(self, x):
        return self.fc(torch.tanh(self.bn(self.conv(x))).mean((2, 3)))


@pytest.fixture
def small(inside):
    """A small network, its twin, and three batches."""
    batches = [(torch.randn(6, 3, 5, 4), torch.randint(CLASSES, (6,))) for _ in range(3)]
    return named(inside.Small(CLASSES), "a small network"), perturbed(SmallTwin(CLASSES)), batches


@pytest.fixture
def resnet(learner, reference):
    """The learner's ResNet, its twin, and one batch per step: two batches in
    turn.
    """
    some = [(torch.randn(5, 3, 16, 12), torch.randint(CLASSES, (5,))) for _ in range(2)]
    model = named(learner.ResNet(blocks=BLOCKS, classes=CLASSES), "ResNet")
    return model, perturbed(reference.TorchResNet(BLOCKS, CLASSES)), some * (STEPS // 2)


def test_network(inside, resnet):
    """With your `TorchBN`, `ResNet` has PyTorch's logits in train and eval
    mode, and PyTorch's running statistics.
    """
    model, twin, batches = resnet
    images = batches[0][0]
    logits, stats, evaluated, kept = (inside.forward(model, in_flax(twin), channels_last(images))[i] for i in range(4))
    compare(evaluated, twin.eval()(images), "the output of ResNet without train")
    label = "after a pass without train, ResNet's batch_stats"
    compare(kept, in_flax(twin)["batch_stats"], label, tolerance=0, reference="the input")
    compare(logits, twin.train()(images), "the output of ResNet with train")
    compare(stats, deepest_first(in_flax(twin)["batch_stats"]), "after one batch with train, ResNet's batch_stats")


def test_init(learner, inside):
    """`TorchBN` starts with scales of 1, biases of 0, means of 0 and variances
    of 1, whatever x `init` sees.
    """
    mine = named(inside.begun(learner.TorchBN(), torch.randn(4, 5, 3, 2) + 3), "TorchBN().init(key, x, True)")
    twin = torch.nn.BatchNorm2d(2)
    wanted = {"params": {"scale": twin.weight, "bias": twin.bias}}
    compare(mine, wanted | {"batch_stats": {"mean": twin.running_mean, "var": twin.running_var}}, tolerance=0)


def test_train_step(learner, reference, inside, small):
    """Three calls of `train_step` with a small network give PyTorch's losses,
    params and batch_stats.
    """
    model, twin, batches = small
    result = inside.train(learner.train_step, model, in_flax(twin), in_jax(batches))
    optimizer = reference.torch_optimizer(twin)
    theirs = [reference.torch_train_step(twin, optimizer, *batch) for batch in batches]
    compare(result[0], theirs, "the losses of three calls of train_step")
    for part, expected in in_flax(twin).items():
        compare(result[1][part], expected, f"after three calls of train_step, {part}")


def test_eval_step(learner, reference, inside, small):
    """`eval_step` with a small network returns PyTorch's logits in eval
    mode.
    """
    model, twin, batches = small
    mine = inside.evaluate(learner.eval_step, model, in_flax(twin), in_jax(batches)[0][0])
    compare(mine, reference.torch_eval_step(twin, batches[0][0]), "eval_step(model, variables, images)")


def test_given_unchanged(learner, inside, small):
    """`train_step` leaves the given variables and opt_state unchanged."""
    model, twin, batches = small
    before = fetch(inside.begin(in_flax(twin)))
    after = fetch(inside.train(learner.train_step, model, in_flax(twin), in_jax(batches[:1]))[2])
    unchanged(before[0], after[0], "variables")
    unchanged(before[1], after[1], "opt_state")


@pytest.mark.points(2)
def test_ten_steps(learner, reference, inside, resnet):
    """Ten calls of `train_step` with your `ResNet` give PyTorch's losses,
    params and statistics; after them, `eval_step` returns PyTorch's logits.
    """
    model, twin, batches = resnet
    result = inside.train(learner.train_step, model, in_flax(twin), in_jax(batches))
    optimizer = reference.torch_optimizer(twin)
    theirs = [float(reference.torch_train_step(twin, optimizer, *batch)) for batch in batches]
    curve(result[0], theirs, "losses of ten calls of train_step")
    for part, expected in in_flax(twin).items():
        compare(result[1][part], deepest_first(expected), f"after ten calls of train_step, {part}")
    trained = named(result[1], "variables")
    images = batches[0][0]
    mine = inside.evaluate(learner.eval_step, model, trained, channels_last(images))
    compare(mine, reference.torch_eval_step(twin, images), "after ten calls of train_step, eval_step(...)")
