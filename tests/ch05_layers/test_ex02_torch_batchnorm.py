"""Graded checks of 5.2 torch_batchnorm, with few values per channel, so that
biased and unbiased variance are far apart.
"""

import pytest
import torch

from flaxkata.checks import between, compare, each, named, when

LEARNED = "PyTorch normalizes with one variance and stores a different one; Flax's momentum is 1 minus PyTorch's."

HINTS = (
    "PyTorch has four vectors, with one entry per channel: weight and bias are parameters, running_mean and running_var are "
    "buffers. Mean and variance are taken over batch, height and width: over all axes except the channels.",
    '`self.param(name, init, shape)` and `self.variable("batch_stats", name, init, shape)` make or find them; write to '
    "`.value`. `x.var((0, 1, 2))` is the biased variance; `x.size // features` counts a channel's values.",
    "if train: the batch's mean and var; unless self.is_initializing(), set running_var.value = (1 - self.momentum) * "
    "running_var.value + self.momentum * var * n / (n - 1); the mean likewise, without n / (n - 1). Else: the running ones.",
)

WORDS = {
    "torch.nn.BatchNorm2d": "nn.BatchNorm",
    "torch.nn.Parameter": "self.param",
    "torch.nn.Module.register_buffer": "self.variable",
}

SHAPE, OTHER = (3, 5, 2, 2), (1, 4, 5, 3)  # batch, channels, height, width: 12 and 15 values per channel
FAR = 1e-3  # for values around 1000, as in 5.1


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


def images(shape=SHAPE):
    """A batch in PyTorch's layout, each channel with a different mean."""
    return 2 * torch.randn(shape) + torch.arange(float(shape[1]))[:, None, None]


def far_from_zero(shape):
    """A batch around 1000, and around -1000 in every second channel."""
    signs = 1 - 2 * (torch.arange(shape[1]) % 2)
    return 1000 * signs[:, None, None] + torch.randn(shape)


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def channels_last_shape(shape):
    return (shape[0], *shape[2:], shape[1])


def trained(inside, model, variables, batches, *mutable):
    """The last output and the variables after one training step per batch."""
    return named(inside.train, "model.apply")(model, variables, [channels_last(x) for x in batches], *mutable)


def evaluated(inside, model, variables, x):
    """The output of evaluation and the statistics after it."""
    return named(inside.evaluate, "model.apply")(model, variables, channels_last(x))


def test_fresh(model, reference, inside):
    """`init` returns the values of a fresh BatchNorm2d, with `train` and
    without: it takes no statistics from x, even where a model calls the layer
    twice.
    """
    for train, shape in ((False, SHAPE), (True, OTHER)):
        mine = named(inside.fresh, "model.init")(model, channels_last(images(shape)), train)
        compare(mine, flax_variables(reference.torch_bn(shape[1])), f"model.init(key, x, train={train})")
    shared = named(inside.fresh_shared(model, channels_last(images())), "init of a model that calls TorchBN twice")
    compare(shared, flax_variables(reference.torch_bn(5)))


def test_train_output(learner, model, reference, inside):
    """With `train`, the output is PyTorch's, in `init` too: each channel is
    normalized with the batch's mean and variance.
    """

    def same_as_torch(x, tolerance=None, **options):
        bn = perturbed(reference.torch_bn(x.shape[1], **options))
        mine = trained(inside, learner.TorchBN(**options), flax_variables(bn), [x])[0]
        compare(mine, channels_last(bn(x)), "the training output of TorchBN", tolerance=tolerance)

    for shape in (SHAPE, OTHER):
        with when(f"with x of shape {channels_last_shape(shape)}"):
            same_as_torch(images(shape))
    for eps in each((between(0.1, 0.5),), "with eps {}"):
        same_as_torch(images(), eps=eps)
    with when("with x around 0.01"):
        same_as_torch(0.01 * torch.randn(SHAPE))
    with when("with x around 1000 and, in every second channel, around -1000"):
        same_as_torch(far_from_zero(SHAPE), FAR)
    mine = named(inside.first_output, "model.init_with_output")(model, channels_last(x := images()), True)
    theirs = channels_last(reference.torch_bn(5)(x))
    compare(mine, theirs, "the output of model.init_with_output(key, x, train=True)")


def test_running_statistics(learner, reference, inside):
    """A training step moves the running `mean` and `var` as in PyTorch, for any
    `momentum`; with 0 they stay.
    """

    def same_as_torch(momentum, x, tolerance=None, *mutable):
        bn = perturbed(reference.torch_bn(x.shape[1], momentum=momentum))
        variables = flax_variables(bn)
        bn(x)
        after = trained(inside, learner.TorchBN(momentum=momentum), variables, [x], *mutable)[1]
        for name, theirs in flax_variables(bn)["batch_stats"].items():
            compare(after["batch_stats"][name], theirs, f"the running {name} of TorchBN", tolerance=tolerance)

    for momentum, shape in ((between(0.2, 0.4), SHAPE), (between(0.6, 0.9), OTHER), (0.0, SHAPE)):
        with when(f"with momentum {momentum} and x of shape {channels_last_shape(shape)}"):
            same_as_torch(momentum, images(shape))
    for momentum in each((between(0.6, 0.9),), "with momentum {} and x around 1000 and, in every second channel, around -1000"):
        same_as_torch(momentum, far_from_zero(SHAPE), FAR)
    with when("with mutable=True in model.apply"):  # params are mutable too, as in init
        same_as_torch(between(0.2, 0.4), images(), None, True)


def test_evaluation(learner, model, reference, inside):
    """Without `train`, the output is normalized with the running statistics, in
    `init` too, and they do not change.
    """
    bn = perturbed(reference.torch_bn(5)).eval()
    variables, x = flax_variables(bn), images()
    result = evaluated(inside, model, variables, x)
    compare(result[0], channels_last(bn(x)), "the output of TorchBN without train")
    after = named(result[1]["batch_stats"], "batch_stats after evaluation")
    compare(after, variables["batch_stats"], tolerance=0, reference="those before")
    for eps in each((between(0.1, 0.5),), "with eps {}, without mutable"):
        bn = perturbed(reference.torch_bn(4, eps=eps)).eval()
        variables, x = flax_variables(bn), images(OTHER)
        mine = named(inside.applied, "model.apply")(learner.TorchBN(eps=eps), variables, channels_last(x))
        compare(mine, channels_last(bn(x)), "the output of TorchBN without train")
    mine = named(inside.first_output, "model.init_with_output")(model, channels_last(x := images()), False)
    theirs = channels_last(reference.torch_bn(5).eval()(x))
    compare(mine, theirs, "the output of model.init_with_output(key, x, train=False)")


def test_twenty_steps(model, reference, inside):
    """Evaluated after 20 training steps, the last on a smaller batch, TorchBN
    gives PyTorch's numbers.
    """
    bn = reference.torch_bn(5)
    variables, batches = flax_variables(bn), [images() for _ in range(19)] + [images((2, *SHAPE[1:]))]
    for x in batches:
        bn(x)
    after = named(trained(inside, model, variables, batches)[1], "variables")
    theirs = channels_last(bn.eval()(batches[0]))
    compare(evaluated(inside, model, after, batches[0])[0], theirs, "TorchBN after 20 steps")


def test_gradients(model, reference, inside):
    """In training, the gradients are PyTorch's: they also flow through the
    batch's `mean` and `var`, and are finite where a channel is 0.
    """

    def same_as_torch(x):
        bn = perturbed(reference.torch_bn(5))
        variables, cotangent = flax_variables(bn), torch.randn(SHAPE)
        scale, bias, theirs = torch.autograd.grad((bn(x.requires_grad_()) * cotangent).sum(), (bn.weight, bn.bias, x))
        mine = named(inside.gradients, "jax.grad")(model, variables, channels_last(x), channels_last(cotangent))
        compare(mine[0], {"scale": scale, "bias": bias}, "the gradient of TorchBN's parameters")
        compare(mine[1], channels_last(theirs), "the gradient of TorchBN in x")

    same_as_torch(images())
    with when("where channel 2 is 0 in all images"):
        x = images()
        x[:, 2] = 0
        same_as_torch(x)
