"""Graded checks of 10.8 your_own_port: weights that hide nothing, and a square
head.
"""

import pytest
import torch

from flaxkata.checks import compare, expect, fetch, layers, named

LEARNED = "compare activations in the order of computation: the first layer that differs has the mistake."

HINTS = (
    "Begin with patch_embed alone: return its activations, see that they agree, and add one module after the other. "
    "`torch_activations(TorchNet(), x).keys()` shows PyTorch's names; the layers that hold weights are convolutions, Linears, "
    "LayerNorms and GRN.",
    "`nn.Conv(dim, (5, 5), padding=2, feature_group_count=dim)`, `nn.LayerNorm(epsilon=...)` with the epsilon of its twin, "
    "`nn.gelu(x, approximate=False)`, `jnp.linalg.norm(x, axis=(1, 2), keepdims=True)`, "
    "`self.param(name, nn.initializers.zeros, shape)`, and `jnp.concatenate` of x[:, 0::2, 0::2] and its three neighbors, in "
    "PyTorch's order.",
    "port as in 10.6, without statistics; gamma and beta stay as they are. forward: y, state = model.apply(variables, x, "
    'capture_intermediates=True, mutable=["intermediates"]). For each entry of flatten_dict(state["intermediates"]), the path '
    'without its last part ("__call__") is the name, joined with "." and with "_0" turned back into ".0"; the output is '
    "value[0].",
)


def trained(twin):
    """The network with random weights everywhere. The input of most LayerNorms
    is so small that epsilon counts.
    """
    with torch.no_grad():
        for name, tensor in twin.named_parameters():
            if name.endswith(("proj.weight", "proj.bias", "dwconv.weight", "dwconv.bias")):
                tensor.normal_(std=0.02)
            elif tensor.ndim == 2:
                tensor.normal_(std=tensor.shape[1] ** -0.5)
            elif name.endswith("norm.weight"):
                tensor.uniform_(0.5, 1.5)
            else:
                tensor.normal_(std=0.5)
    return twin


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


@pytest.fixture
def twin(reference):
    return trained(reference.TorchNet())


def ported(learner, twin):
    state_dict = {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}
    return named(learner.port(state_dict), "variables")


@pytest.fixture
def variables(learner, twin):
    return ported(learner, twin)


@pytest.fixture
def x():
    return torch.randn(2, 3, 32, 24)


@pytest.fixture
def pair(learner, inside, variables, x):
    """What `forward` returns, if that is two things; else None."""
    result = inside.run(learner.forward, variables, channels_last(x))
    back = fetch(result)
    right = isinstance(back, tuple | list) and len(back) == 2 and isinstance(back[1], dict)
    words = "forward(variables, x) must return two things, the logits and a dict of activations."
    return (result[0], named(result[1], "activations")) if expect(right, "what forward returns", words) else None


@pytest.mark.points(2)
def test_layers(reference, twin, pair, x):
    """Layer by layer, in the order of computation, the activations of `forward`
    are those of `torch_activations`.
    """
    if pair:
        layers(pair[1], reference.torch_activations(twin, x), "activations")


def test_names(reference, twin, pair, x):
    """`forward` returns an activation for every name that `torch_activations`
    returns.
    """
    if pair:
        missing = [name for name in reference.torch_activations(twin, x) if name not in fetch(pair[1])]
        few = ", ".join(map(repr, missing[:3])) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        expect(not missing, "names", f"The activations of `forward` lack {few}.", len(missing), str(missing))


def test_logits(twin, pair, x):
    """The logits of `forward` are TorchNet's."""
    if pair:
        compare(pair[0], twin(x), "the output of forward(variables, x)")


def test_other_images(learner, inside, twin, variables):
    """The logits of `forward` are TorchNet's for images of a different size,
    too: no image size is hard-coded.
    """
    x = torch.randn(3, 3, 16, 40)
    compare(inside.run(learner.forward, variables, channels_last(x))[0], twin(x), "the output of forward for images 16 x 40")


def test_nothing_to_normalize(learner, inside, twin, x):
    """Where `pwconv1` gives only zeros, which GRN divides by their mean, the
    logits of `forward` are TorchNet's, not NaN.
    """
    with torch.no_grad():
        for p in twin.stages[0][1].pwconv1.parameters():
            p.zero_()
    mine = inside.run(learner.forward, ported(learner, twin), channels_last(x))[0]
    compare(mine, twin(x), "the output of forward where pwconv1 gives zeros")


def test_gradient(learner, inside, twin, variables, x):
    """The gradient of the logits of `forward` with respect to the images is
    TorchNet's.
    """
    cotangent = torch.randn(2, 10)
    leaf = x.clone().requires_grad_()
    (theirs,) = torch.autograd.grad((twin(leaf) * cotangent).sum(), leaf)
    mine = inside.gradient(learner.forward, variables, channels_last(x), cotangent)
    compare(mine, channels_last(theirs), "the gradient of forward in x")
