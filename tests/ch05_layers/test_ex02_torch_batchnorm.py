"""Graded checks of 5.2 torch_batchnorm, with few values per channel, so that
biased and unbiased variance are far apart.
"""

import pytest
import torch

from flaxkata.checks import compare, fetch, named, unchanged

LEARNED = "PyTorch normalizes with one variance and stores a different one; Flax's momentum is 1 minus PyTorch's."

HINTS = (
    "PyTorch has four vectors, with one entry per channel: weight and bias are parameters, running_mean and running_var are "
    "buffers. Mean and variance are taken over batch, height and width: over all axes except the channels.",
    '`self.param(name, init, shape)` and `self.variable("batch_stats", name, init, shape)` make or find them; write to '
    "`.value`. `x.var((0, 1, 2))` is the biased variance; `x.size // features` counts a channel's values.",
    "if train: the batch's mean and var; unless self.is_initializing(), set running_var.value = (1 - self.momentum) * "
    "running_var.value + self.momentum * var * n / (n - 1); the mean likewise, without n / (n - 1). Else: the running ones.",
)

SHAPE = (3, 5, 2, 2)  # batch, channels, height, width: 12 values per channel


@pytest.fixture
def model(learner):
    return named(learner.TorchBN(), "model")


def perturbed(bn):
    """The layer with random parameters and statistics."""
    with torch.no_grad():
        bn.weight.uniform_(0.5, 1.5)
        bn.bias.normal_()
        bn.running_mean.normal_()
        bn.running_var.uniform_(0.5, 1.5)
    return bn


def flax_variables(bn):
    """A PyTorch layer's parameters and statistics, named as in TorchBN."""
    own = {name: tensor.detach().clone() for name, tensor in bn.state_dict().items()}
    params = {"scale": own["weight"], "bias": own["bias"]}
    return {"params": params, "batch_stats": {"mean": own["running_mean"], "var": own["running_var"]}}


def images(number=1):
    """Batches in PyTorch's layout, each channel with a different mean."""
    return [2 * torch.randn(SHAPE) + torch.arange(5.0)[:, None, None] for _ in range(number)]


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def test_fresh(model, reference, inside):
    """`init` returns the values of a fresh BatchNorm2d, with `train` and
    without: it takes no statistics from x.
    """
    (x,) = images()
    for train in (False, True):
        mine = inside.fresh(model, channels_last(x), train)
        compare(mine, flax_variables(reference.torch_bn(5)), f"model.init(key, x, train={train})")


def test_train_output(model, reference, inside):
    """With `train`, the output is PyTorch's: each channel is normalized with
    the batch's mean and variance.
    """
    bn = perturbed(reference.torch_bn(5))
    variables, (x,) = flax_variables(bn), images()
    compare(inside.train(model, variables, [channels_last(x)])[0], channels_last(bn(x)), "the training output of TorchBN")


def test_running_statistics(learner, reference, inside):
    """A training step moves the running `mean` and `var` as in PyTorch, here
    with `momentum` 0.3.
    """
    bn = perturbed(reference.torch_bn(5, momentum=0.3))
    variables, (x,) = flax_variables(bn), images()
    bn(x)
    after = inside.train(learner.TorchBN(momentum=0.3), variables, [channels_last(x)])[1]
    for name, theirs in flax_variables(bn)["batch_stats"].items():
        compare(after["batch_stats"][name], theirs, f"the running {name} of TorchBN(momentum=0.3)")


def test_evaluation(model, reference, inside):
    """Without `train`, the output is normalized with the running statistics,
    and they do not change.
    """
    bn = perturbed(reference.torch_bn(5)).eval()
    variables, (x,) = flax_variables(bn), images()
    result = inside.evaluate(model, variables, channels_last(x))
    compare(result[0], channels_last(bn(x)), "the output of TorchBN without train")
    unchanged(variables["batch_stats"], fetch(result[1]["batch_stats"]), "batch_stats")


def test_twenty_steps(model, reference, inside):
    """Evaluated after 20 training steps, TorchBN gives PyTorch's numbers."""
    bn = reference.torch_bn(5)
    variables, batches = flax_variables(bn), images(20)
    for x in batches:
        bn(x)
    trained = named(inside.train(model, variables, [channels_last(x) for x in batches])[1], "variables")
    theirs = channels_last(bn.eval()(batches[0]))
    compare(inside.evaluate(model, trained, channels_last(batches[0]))[0], theirs, "TorchBN after 20 steps")


def test_gradients(model, reference, inside):
    """In training, the gradients are PyTorch's: they also flow through the
    batch's `mean` and `var`.
    """
    bn = perturbed(reference.torch_bn(5))
    variables, (x,) = flax_variables(bn), images()
    x.requires_grad_()
    cotangent = torch.randn(SHAPE)
    scale, bias, theirs = torch.autograd.grad((bn(x) * cotangent).sum(), (bn.weight, bn.bias, x))
    mine = inside.gradients(model, variables, channels_last(x), channels_last(cotangent))
    compare(mine[0], {"scale": scale, "bias": bias}, "the gradient of TorchBN's parameters")
    compare(mine[1], channels_last(theirs), "the gradient of TorchBN in x")
