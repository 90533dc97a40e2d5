"""Graded checks of 5.1 norms, at several scales of x: an epsilon shows only
where x is small.

For the gradients, part of x is zero, as padding is.
"""

import torch

from flaxkata.checks import between, compare, each, named, when

LEARNED = "a wrong epsilon shows where x is small, the fast variance where the mean is large; neither raises an error."

HINTS = (
    "PyTorch's epsilon is inside the root, `sqrt(var + eps)`, and its variance is `x.var(correction=0)`. GroupNorm takes "
    "mean and variance over height, width and the channels of one group, for each image separately.",
    "`nn.LayerNorm`, `nn.GroupNorm` and `nn.RMSNorm` take `epsilon=`. The first two also take `use_fast_variance=`, and "
    "GroupNorm takes `num_groups=`. RMSNorm's epsilon is `jnp.finfo(x.dtype).eps`.",
    'nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False).apply({"params": {"scale": weight, "bias": '
    "bias}}, x); LayerNorm likewise, without num_groups. nn.RMSNorm has only a scale.",
)

WORDS = {
    "torch.nn.LayerNorm": "nn.LayerNorm",
    "torch.nn.GroupNorm": "nn.GroupNorm",
    "torch.nn.RMSNorm": "nn.RMSNorm",
    "weight": "scale",
}

# In compare's measure, right answers were up to 7e-5 off here, and those with
# the variance as a difference of squares 5e-2 and more.
FAR = 1e-3
SHAPES = ((6,), (1, 5), (2, 3, 4, 5))  # of x, besides (3, 5, 7)


def weight_and_bias(features):
    return 1 + 0.5 * torch.randn(features), torch.randn(features)


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def layer_norm_is(learner, reference, x, tolerance=None):
    """Compare for x (..., features)."""
    weight, bias = weight_and_bias(x.shape[-1])
    theirs = reference.torch_layer_norm(x, weight, bias)
    compare(learner.layer_norm(x, weight, bias), theirs, "layer_norm(x, weight, bias)", tolerance=tolerance)


def group_norm_is(learner, reference, x, groups, tolerance=None):
    """Compare for an image x (batch, channels, height, width)."""
    weight, bias = weight_and_bias(x.shape[1])
    mine = learner.group_norm(channels_last(x), weight, bias, groups)
    theirs = channels_last(reference.torch_group_norm(x, weight, bias, groups))
    compare(mine, theirs, f"group_norm(x, weight, bias, {groups})", tolerance=tolerance)


def rms_norm_is(learner, reference, x):
    """Compare for x (..., features)."""
    weight, _ = weight_and_bias(x.shape[-1])
    compare(learner.rms_norm(x, weight), reference.torch_rms_norm(x, weight), "rms_norm(x, weight)")


def gradients_are(mine, theirs, inside, inputs, *rest, axes=lambda x: x):
    """Compare the gradients with respect to all `inputs`, with the second entry
    of the first one set to zero.
    """
    inputs[0][1] = 0
    leaves = [t.clone().requires_grad_() for t in inputs]
    y = theirs(*leaves, *rest)
    cotangent = torch.randn(y.shape)
    in_x, *others = torch.autograd.grad((y * cotangent).sum(), leaves)
    with when("with x[1] at 0 and under jax.jit"):
        gradients = named(inside.gradients, "jax.grad")(mine, [axes(inputs[0]), *inputs[1:]], axes(cotangent), *rest)
        for i, expected in enumerate((axes(in_x), *others)):
            compare(gradients[i], expected, f"the gradient of {mine!r} in {('x', 'weight', 'bias')[i]}")


def test_layer_norm(learner, reference, inside):
    """`layer_norm` gives torch.nn.LayerNorm's numbers for any number of axes,
    for x around 1 and around 0.01, and its gradients under jax.jit.
    """
    for scale in each((1, between(0.005, 0.02)), "with x around {}"):
        layer_norm_is(learner, reference, scale * (torch.randn(3, 5, 7) + 0.5))
    for shape in each(SHAPES, "with x of shape {}"):
        layer_norm_is(learner, reference, torch.randn(shape) + 0.5)
    inputs = [torch.randn(3, 5, 7), *weight_and_bias(7)]
    gradients_are(learner.layer_norm, reference.torch_layer_norm, inside, inputs)


def test_group_norm(learner, reference, inside):
    """`group_norm` gives torch.nn.GroupNorm's numbers for any number of groups,
    for x around 1 and around 0.01, and its gradients under jax.jit.
    """
    for scale in each((1, between(0.005, 0.02)), "with x around {}"):
        group_norm_is(learner, reference, scale * (torch.randn(2, 6, 4, 3) + 0.5), 2)
    for batch, channels, groups in each(((2, 6, 3), (1, 4, 1), (2, 8, 8)), "with {} images of {} channels in {} groups"):
        group_norm_is(learner, reference, torch.randn(batch, channels, 4, 3) + 0.5, groups)
    inputs = [torch.randn(2, 6, 4, 3), *weight_and_bias(6)]
    gradients_are(learner.group_norm, reference.torch_group_norm, inside, inputs, 2, axes=channels_last)


def test_rms_norm(learner, reference, inside):
    """`rms_norm` gives torch.nn.RMSNorm's numbers for any number of axes, for x
    around 1 and around 0.001, and its gradients under jax.jit.
    """
    for scale in each((1, between(0.0005, 0.002)), "with x around {}"):
        rms_norm_is(learner, reference, scale * (torch.randn(3, 5, 7) + 0.5))
    for shape in each(SHAPES, "with x of shape {}"):
        rms_norm_is(learner, reference, torch.randn(shape) + 0.5)
    weight, _ = weight_and_bias(7)
    gradients_are(learner.rms_norm, reference.torch_rms_norm, inside, [torch.randn(3, 5, 7), weight])


def test_layer_norm_far(learner, reference):
    """`layer_norm` is right for x around 1000, even where every second row is
    around -1000.
    """
    signs = torch.tensor([1, -1, 1, -1, 1])[:, None]
    for mean in each((between(900, 1100),), "with x around {} and, in every second row, as far below 0"):
        layer_norm_is(learner, reference, mean * signs + torch.randn(3, 5, 7), FAR)


def test_group_norm_far(learner, reference):
    """`group_norm` is right for x around 1000, in one group or many, even where
    one group of each image is around -1000.
    """
    signs = torch.tensor([[1, 1, 1, -1, -1, -1], [-1, -1, -1, 1, 1, 1]])[..., None, None]
    for mean in each((between(900, 1100),), "with x around {} and, in one group of each image, as far below 0"):
        group_norm_is(learner, reference, mean * signs + torch.randn(2, 6, 4, 3), 2, FAR)
    for groups, mean in each(((6, between(900, 1100)), (1, between(-1100, -900))), "with {} groups and x around {}"):
        group_norm_is(learner, reference, mean + torch.randn(2, 6, 4, 3), groups, FAR)
