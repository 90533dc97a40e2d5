"""Graded checks of 10.7 resnet_training: few values per channel in the last
block, so that n / (n - 1) is not near 1.
"""

import copy
import re

import pytest
import torch

from flaxkata.checks import between, compare, curve, each, expect, fetch, flatten, named, one_of, reading, unchanged, when

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

WORDS = {"loss.backward()": "jax.value_and_grad(..., has_aux=True)", "running_var": "batch_stats"}

BLOCKS, CLASSES, STEPS = ((10, 2),), 5, 10
FAR = 1e-3  # for values around 1000, as in 5.2
SETTINGS = {"lr": 0.02, "momentum": 0.9, "decay": 0.01}  # those of torch_optimizer


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


def end_of_training(reference, twin, batches):
    """The params and statistics of a copy of the network after one step per
    batch.
    """
    twin = copy.deepcopy(twin)
    optimizer = reference.torch_optimizer(twin)
    for batch in batches:
        reference.torch_train_step(twin, optimizer, *batch)
    return twin.state_dict()


def is_decided(reference, twin, batches):
    """Whether training ends in the same place if each param is a millionth
    larger or smaller.

    If not, a number is so near 0 that rounding decides whether relu lets its
    gradient through, or two are so near one maximum that it decides which of
    them gets the gradient. Then no two libraries agree, and 10 steps later
    they are ten and more tolerances apart: 5 of 500 networks were such.
    """
    end = end_of_training(reference, twin, batches)
    for _ in range(3):
        other = copy.deepcopy(twin)
        with torch.no_grad():
            for tensor in other.parameters():
                tensor.mul_(1 + 1e-6 * torch.randn_like(tensor))
        moved = end_of_training(reference, other, batches)
        if any((moved[name] - end[name]).abs().max() > 1e-5 * (1 + end[name].abs().max()) for name in end):
            return False
    return True


class SmallTwin(torch.nn.Module):
    """The network of `inside.Small`."""

    def __init__(self, outputs):
        super().__init__()
        self.conv, self.bn = torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)
        self.head = torch.nn.Linear(4, outputs)

    def forward(self, x):
        return self.head(torch.tanh(self.bn(self.conv(x))).mean((2, 3)))


@pytest.fixture
def small(inside):
    """A small network, its twin, and three batches."""
    batches = [(torch.randn(6, 3, 5, 4), torch.randint(CLASSES, (6,))) for _ in range(3)]
    return named(inside.Small(CLASSES), "a small network"), perturbed(SmallTwin(CLASSES)), batches


@pytest.fixture
def resnet(learner, reference):
    """The learner's ResNet, its twin, and one batch per step: two batches in
    turn. The kernels are large, so that no epsilon counts: `test_network` looks
    at that. Drawn again where rounding would decide how training ends.
    """
    model = named(learner.ResNet(blocks=BLOCKS, classes=CLASSES), "ResNet")
    while True:
        some = [(torch.randn(5, 3, 16, 12), torch.randint(CLASSES, (5,))) for _ in range(2)]
        twin = perturbed(reference.TorchResNet(BLOCKS, CLASSES))
        with torch.no_grad():
            for tensor in twin.parameters():
                tensor.mul_(10.0 if tensor.ndim == 4 else 1.0)
        if is_decided(reference, twin, batches := some * (STEPS // 2)):
            return model, twin, batches


@pytest.fixture
def train(learner, inside):
    """inside.training for a model, under the name of the learner's function."""
    return lambda model, settings: named(inside.training(learner.train_step, model, settings), "train_step")


@pytest.fixture
def evaluate(learner, inside):
    """inside.evaluation for a model, under the name of the learner's
    function.
    """
    return lambda model: named(inside.evaluation(learner.eval_step, model), "eval_step")


def sgd(twin, settings):
    """PyTorch's SGD with settings that `inside.optimizer` takes as well."""
    lr, momentum, decay = settings.values()
    return torch.optim.SGD(twin.parameters(), lr=lr, momentum=momentum, weight_decay=decay)


def bn_in_flax(bn):
    """A BatchNorm2d's parameters and statistics, as TorchBN has them."""
    own = {name: tensor.detach().clone() for name, tensor in bn.state_dict().items()}
    stats = {"mean": own["running_mean"], "var": own["running_var"]}
    return {"params": {"scale": own["weight"], "bias": own["bias"]}, "batch_stats": stats}


def compare_passes(result, variables, twin, images, turned, expected, name, order):
    """Compare a pass without train and one with train, and the statistics after
    each, with PyTorch's. `turned` gives an output the layout of Flax,
    `expected` the twin's statistics.
    """
    logits, stats, evaluated, kept = (result[i] for i in range(4))
    compare(evaluated, turned(twin.eval()(images)), f"the output of {name} without train")
    label = f"{name}'s batch_stats after a pass without train"
    compare(kept, variables["batch_stats"], label, tolerance=0, reference="the input")
    compare(logits, turned(twin.train()(images)), f"the output of {name} with train")
    compare(stats, order(expected(twin)["batch_stats"]), f"{name}'s batch_stats after one batch with train")


def test_network(learner, reference, inside):
    """Your `TorchBN` has PyTorch's output in train and eval mode, and PyTorch's
    running statistics: in `ResNet`, and alone with other `momentum`, `eps`,
    sizes, means and spreads of the channels. Evaluation needs no `mutable`.
    Its gradients are PyTorch's where a channel has a variance of 0.
    """
    blocks = ((6, 1), (9, 1), (9, 2))
    twin, images = perturbed(reference.TorchResNet(blocks, 4)), torch.randn(5, 3, 18, 14)
    variables = in_flax(twin)
    result = inside.forward(learner.ResNet(blocks=blocks, classes=4), variables, channels_last(images))
    compare_passes(result, variables, twin, images, lambda y: y, in_flax, "ResNet", deepest_first)
    others = {"momentum": between(0.3, 0.6), "eps": between(1e-3, 1e-2)}
    cases = [
        ({}, (3, 4, 5, 2), ["batch_stats"]),
        (others, (1, 3, 4, 3), True),
        ({"momentum": 0.0}, (1, 3, 4, 3), ["batch_stats"]),
    ]
    for settings, shape, mutable in cases:
        name = "TorchBN(" + ", ".join(f"{key}={value}" for key, value in settings.items()) + ")"
        name += " applied with mutable=True" if mutable is True else ""
        bn = torch.nn.BatchNorm2d(shape[1], **settings)
        spread = torch.tensor([1.0, 3e-3, 2.0, 1e-2])[: shape[1]]  # squared, some are as small as eps
        x = spread[:, None, None] * (torch.randn(shape) + torch.arange(1.0, 1 + shape[1])[:, None, None])
        with torch.no_grad():
            bn.weight.uniform_(0.5, 1.5)
            bn.bias.normal_()
            bn.running_mean.normal_().mul_(spread)
            bn.running_var.uniform_(0.5, 1.5).mul_(spread**2)
        norm, variables = named(learner.TorchBN(**settings), "TorchBN"), bn_in_flax(bn)
        evaluated = channels_last(bn.eval()(x))
        result = inside.forward(norm, variables, channels_last(x), mutable)
        compare_passes(result, variables, bn, x, channels_last, bn_in_flax, name, lambda stats: stats)
    plain = named(inside.applied, "TorchBN.apply")(norm, variables, channels_last(x))
    compare(plain, evaluated, "the output of TorchBN without train and without mutable")
    with when("with x around 1000"):
        bn, x = torch.nn.BatchNorm2d(4), 1000 + torch.randn(3, 4, 5, 2)
        result = inside.forward(named(learner.TorchBN(), "TorchBN"), bn_in_flax(bn), channels_last(x))
        compare(result[0], channels_last(bn(x)), "the output of TorchBN with train", tolerance=FAR)
        compare(result[1], bn_in_flax(bn)["batch_stats"], "TorchBN's batch_stats after one batch with train", tolerance=FAR)
    with when("with a channel that is the same everywhere"):
        bn, x = torch.nn.BatchNorm2d(4), torch.randn(3, 4, 5, 2)
        x[:, 1], cotangent = 0.5, torch.randn(x.shape)
        variables, leaf = bn_in_flax(bn), x.clone().requires_grad_()
        (bn(leaf) * cotangent).sum().backward()
        mine = inside.gradients(learner.TorchBN(), variables, channels_last(x), channels_last(cotangent))
        expected = [{"scale": bn.weight.grad, "bias": bn.bias.grad}, channels_last(leaf.grad)]
        compare(mine, expected, "the gradients of TorchBN with train")


def test_init(learner, inside):
    """`TorchBN` starts with scales of 1, biases of 0, means of 0 and variances
    of 1, whatever x `init` sees, with `train` and without.
    """
    for train in (True, False):
        x = torch.randn(4, 5, 3, 2) + 3
        mine = named(inside.begun(learner.TorchBN(), x, train), f"TorchBN().init(key, x, {train})")
        compare(mine, bn_in_flax(torch.nn.BatchNorm2d(2)), tolerance=0)


def test_train_step(reference, inside, train, small):
    """Three calls of `train_step` with a small network and its own `tx` give
    PyTorch's losses, params and batch_stats, also with a second `tx` for the
    same network; the loss is PyTorch's even for logits in the hundreds.
    """
    model, twin, batches = small
    settings = {"lr": one_of(0.05, 0.07), "momentum": 0.7, "decay": 0.03}
    run, again = train(model, settings), copy.deepcopy(twin)
    result = run(in_flax(twin), in_jax(batches))
    optimizer = sgd(twin, settings)
    theirs = [reference.torch_train_step(twin, optimizer, *batch) for batch in batches]
    compare(result[0], theirs, "losses")
    with when("with logits in the hundreds"):
        sure = perturbed(SmallTwin(CLASSES))
        with torch.no_grad():
            sure.head.bias.copy_(150.0 * torch.arange(CLASSES))
            sure.head.weight.add_(400)  # some images have all their logits far below another's
        before = in_flax(sure)
        theirs = [reference.torch_train_step(sure, sgd(sure, settings), *batches[0])]
        compare(run(before, in_jax(batches[:1]))[0], theirs, "the loss of train_step")
    trained = named(result[1], "variables")
    keys = list(dict.fromkeys(str(path[0]) for path in flatten(fetch(trained)) if path))
    words = f"The new variables hold {', '.join(keys) or 'nothing'}; the given ones hold params, batch_stats."
    if expect(sorted(keys) == ["batch_stats", "params"], "the collections of the new variables", words, (), str(sorted(keys))):
        for part, expected in in_flax(twin).items():
            compare(trained[part], expected, f"{part} after three calls of train_step")
        held = fetch(inside.containers(trained))
        words = f"The new variables are held in {' and '.join(held)}; the given ones in dict alone."
        expect(held == ["dict"], "the containers of the new variables", words, (), str(held))
        with when("with a second `tx` for the same network"):
            other = {"lr": 0.2, "momentum": 0.5, "decay": 0.1}
            mine = named(train(model, other)(in_flax(again), in_jax(batches[:1]))[1], "variables")
            reference.torch_train_step(again, sgd(again, other), *batches[0])
            compare(mine["params"], in_flax(again)["params"], "params after one call of train_step")


def test_eval_step(reference, evaluate, small):
    """`eval_step` with a small network returns PyTorch's logits in eval mode:
    for two sets of `variables`, and for a batch of one.
    """
    model, twin, batches = small
    other = perturbed(SmallTwin(CLASSES))
    images = batches[0][0]
    cases = {"six images": (twin, images), "other variables and a single image": (other, images[:1])}
    for words in each(cases, "for {}"):
        one, x = cases[words]
        mine = evaluate(model)(in_flax(one), channels_last(x))
        compare(mine, reference.torch_eval_step(one, x), "eval_step(model, variables, images)")


def test_given_unchanged(learner, inside, small):
    """`train_step` leaves the given variables and opt_state unchanged, also
    without jax.jit.
    """
    model, twin, batches = small
    before = fetch(inside.begin(in_flax(twin), SETTINGS))
    one_step = reading(inside.one_step, "train_step")
    after = fetch(one_step(learner.train_step, model, in_flax(twin), SETTINGS, in_jax(batches[:1])[0]))
    unchanged(before[0], after[0], "variables")
    unchanged(before[1], after[1], "opt_state")


@pytest.mark.points(2)
def test_ten_steps(reference, train, evaluate, resnet):
    """Ten calls of `train_step` with your `ResNet` give PyTorch's losses,
    params and statistics; after them, `eval_step` returns PyTorch's logits.
    """
    model, twin, batches = resnet
    result = train(model, SETTINGS)(in_flax(twin), in_jax(batches))
    optimizer = reference.torch_optimizer(twin)
    theirs = [float(reference.torch_train_step(twin, optimizer, *batch)) for batch in batches]
    curve(result[0], theirs, "losses of ten calls of train_step")
    for part, expected in in_flax(twin).items():
        compare(result[1][part], deepest_first(expected), f"{part} after ten calls of train_step")
    trained = named(result[1], "variables")
    images = batches[0][0]
    mine = evaluate(model)(trained, channels_last(images))
    compare(mine, reference.torch_eval_step(twin, images), "eval_step(model, variables, images) after ten calls of train_step")
