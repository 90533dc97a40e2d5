"""Graded checks of 5.8 attention: sizes all differ, except in one case with as
many heads as channels per head.

Every query may see something, and padding is at the end, with a different
length in each row.
"""

import pytest
import torch

from flaxkata.checks import compare, named

LEARNED = "True blocks in torch.nn.MultiheadAttention and allows in Flax; a key mask goes on the last axis."

HINTS = (
    "`in_proj_weight.chunk(3)` gives three Linear weights, (out, in). The out axis has H heads of D channels: make it the last "
    "axis, then split it in two. In MultiheadAttention's bool masks, True means blocked.",
    "`np.split(array, 3)` cuts rows; `.T` and `.reshape` do the rest. `~mask` inverts a bool mask, "
    "`mask[:, None, None, :]` adds two axes; `nn.MultiHeadDotProductAttention(num_heads=H).apply(variables, x, mask=keep)` "
    "runs the layer.",
    "port_mha: weight.T.reshape(E, H, -1) and bias.reshape(H, -1) for query, key and value, out_proj.weight.T.reshape(H, -1, "
    "E) for out. attend: keep is nn.combine_masks(~key_padding_mask[:, None, None, :], nn.make_causal_mask(x[..., 0])), each "
    'None where it is not needed; H is params["query"]["bias"].shape[0].',
)


def make_twin(reference, channels=12, heads=3):
    """A MultiheadAttention with random biases; PyTorch starts them at zero."""
    twin = reference.torch_mha(channels, heads)
    torch.nn.init.normal_(twin.in_proj_bias)
    torch.nn.init.normal_(twin.out_proj.bias)
    return twin


def right_params(twin):
    """The parameters of nn.MultiHeadDotProductAttention, with the twin's
    weights.
    """
    channels, heads = twin.embed_dim, twin.num_heads
    weights, biases = twin.in_proj_weight.detach().chunk(3), twin.in_proj_bias.detach().chunk(3)
    params = {}
    for name, weight, bias in zip(("query", "key", "value"), weights, biases, strict=True):
        params[name] = {"kernel": weight.T.reshape(channels, heads, -1), "bias": bias.reshape(heads, -1)}
    out = twin.out_proj.weight.detach().T.reshape(heads, -1, channels)
    return params | {"out": {"kernel": out, "bias": twin.out_proj.bias.detach()}}


@pytest.fixture
def x():
    return torch.randn(2, 5, 12)


@pytest.fixture
def key_padding_mask():
    return torch.tensor([[False, False, False, True, True], [False, False, False, False, True]])


def test_port(learner, reference):
    """`port_mha` returns the parameters of `nn.MultiHeadDotProductAttention`,
    with PyTorch's numbers.
    """
    for channels, heads in ((12, 3), (16, 4)):
        twin = make_twin(reference, channels, heads)
        state_dict = {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}
        mine = named(learner.port_mha(state_dict, heads), f"port_mha(state_dict of torch_mha({channels}, {heads}), {heads})")
        compare(mine, right_params(twin), reference="what MultiHeadDotProductAttention wants")


def test_plain(learner, reference, x):
    """Without masks, `attend` gives torch.nn.MultiheadAttention's numbers."""
    twin = make_twin(reference)
    compare(learner.attend(right_params(twin), x), reference.torch_attend(twin, x), "attend(params, x)")


def test_padding(learner, reference, x, key_padding_mask):
    """With `key_padding_mask`, no step of `attend` sees padding."""
    twin = make_twin(reference)
    mine = learner.attend(right_params(twin), x, key_padding_mask)
    compare(mine, reference.torch_attend(twin, x, key_padding_mask), "attend(params, x, key_padding_mask)")


def test_causal(learner, reference, x):
    """With `causal`, a step of `attend` sees only itself and earlier steps."""
    twin = make_twin(reference)
    mine = learner.attend(right_params(twin), x, causal=True)
    compare(mine, reference.torch_attend(twin, x, causal=True), "attend(params, x, causal=True)")


def test_both(learner, reference, x, key_padding_mask):
    """With both masks, a step of `attend` sees only what `key_padding_mask` and
    `causal` both allow.
    """
    twin = make_twin(reference)
    mine = learner.attend(right_params(twin), x, key_padding_mask, causal=True)
    theirs = reference.torch_attend(twin, x, key_padding_mask, causal=True)
    compare(mine, theirs, "attend(params, x, key_padding_mask, causal=True)")


def test_gradient(learner, reference, inside, x, key_padding_mask):
    """The gradient of `attend` with respect to x is PyTorch's, with both masks
    and under jax.jit.
    """
    twin, cotangent = make_twin(reference), torch.randn(2, 5, 12)
    leaf = x.clone().requires_grad_()
    y = reference.torch_attend(twin, leaf, key_padding_mask, causal=True)
    (theirs,) = torch.autograd.grad((y * cotangent).sum(), leaf)
    mine = inside.gradient(learner.attend, right_params(twin), x, key_padding_mask, cotangent)
    compare(mine, theirs, "the gradient of attend in x")
