"""Graded checks of 5.1 norms, at several scales of x: an epsilon shows only
where x is small.

For the gradients, part of x is zero, as padding is.
"""

import torch

from flaxkata.checks import compare

LEARNED = "a wrong epsilon shows where x is small, the fast variance where the mean is large; neither raises an error."

HINTS = (
    "PyTorch's epsilon is inside the root, `sqrt(var + eps)`, and its variance is `x.var(correction=0)`. GroupNorm takes "
    "mean and variance over height, width and the channels of one group, for each image separately.",
    "`nn.LayerNorm`, `nn.GroupNorm` and `nn.RMSNorm` take `epsilon=`. The first two also take `use_fast_variance=`, and "
    "GroupNorm takes `num_groups=`. RMSNorm's epsilon is `jnp.finfo(x.dtype).eps`.",
    'nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False).apply({"params": {"scale": weight, "bias": '
    "bias}}, x); LayerNorm likewise, without num_groups. nn.RMSNorm has only a scale.",
)

# In compare's measure, right answers were up to 7e-5 off here, and those with
# the variance as a difference of squares 5e-2 and more.
FAR = 1e-3


def weight_and_bias(features):
    return 1 + 0.5 * torch.randn(features), torch.randn(features)


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def group_norm_is(learner, reference, x, groups, label, tolerance=None):
    """Compare for an image x (batch, channels, height, width)."""
    weight, bias = weight_and_bias(x.shape[1])
    mine = learner.group_norm(channels_last(x), weight, bias, groups)
    theirs = reference.torch_group_norm(x, weight, bias, groups)
    compare(mine, channels_last(theirs), label, tolerance=tolerance)


def gradients_are(mine, theirs, inside, inputs, *rest, axes=lambda x: x):
    """Compare the gradients with respect to all `inputs`, with the second entry
    of the first one set to zero.
    """
    inputs[0][1] = 0
    leaves = [t.clone().requires_grad_() for t in inputs]
    y = theirs(*leaves, *rest)
    cotangent = torch.randn(y.shape)
    in_x, *others = torch.autograd.grad((y * cotangent).sum(), leaves)
    gradients = inside.gradients(mine, [axes(inputs[0]), *inputs[1:]], axes(cotangent), *rest)
    compare(gradients, [axes(in_x), *others], f"the gradients of {mine!r}")


def test_layer_norm(learner, reference, inside):
    """`layer_norm` gives torch.nn.LayerNorm's numbers for x around 1 and around
    0.01, and its gradients under jax.jit.
    """
    weight, bias = weight_and_bias(7)
    for scale in (1, 0.01):
        x = scale * (torch.randn(3, 5, 7) + 0.5)
        theirs = reference.torch_layer_norm(x, weight, bias)
        compare(learner.layer_norm(x, weight, bias), theirs, f"layer_norm of x around {scale}")
    gradients_are(learner.layer_norm, reference.torch_layer_norm, inside, [torch.randn(3, 5, 7), weight, bias])


def test_group_norm(learner, reference, inside):
    """`group_norm` gives torch.nn.GroupNorm's numbers for x around 1 and around
    0.01, and its gradients under jax.jit.
    """
    for scale in (1, 0.01):
        x = scale * (torch.randn(2, 6, 4, 3) + 0.5)
        group_norm_is(learner, reference, x, 2, f"group_norm of x around {scale}, 6 channels in 2 groups")
    group_norm_is(learner, reference, torch.randn(2, 6, 4, 3), 3, "group_norm of x around 1, 6 channels in 3 groups")
    inputs = [torch.randn(2, 6, 4, 3), *weight_and_bias(6)]
    gradients_are(learner.group_norm, reference.torch_group_norm, inside, inputs, 2, axes=channels_last)


def test_rms_norm(learner, reference, inside):
    """`rms_norm` gives torch.nn.RMSNorm's numbers for x around 1 and around
    0.001, and its gradients under jax.jit.
    """
    weight, _ = weight_and_bias(7)
    for scale in (1, 0.001):
        x = scale * (torch.randn(3, 5, 7) + 0.5)
        compare(learner.rms_norm(x, weight), reference.torch_rms_norm(x, weight), f"rms_norm of x around {scale}")
    gradients_are(learner.rms_norm, reference.torch_rms_norm, inside, [torch.randn(3, 5, 7), weight])


def test_layer_norm_far(learner, reference):
    """`layer_norm` is right for x around 1000."""
    weight, bias = weight_and_bias(7)
    x = 1000 + torch.randn(3, 5, 7)
    theirs = reference.torch_layer_norm(x, weight, bias)
    compare(learner.layer_norm(x, weight, bias), theirs, "layer_norm of x around 1000", tolerance=FAR)


def test_group_norm_far(learner, reference):
    """`group_norm` is right for x around 1000."""
    group_norm_is(learner, reference, 1000 + torch.randn(2, 6, 4, 3), 2, "group_norm of x around 1000", FAR)
