"""Graded checks of 5.8 attention: sizes all differ, except in one case with as
many heads as channels per head. One batch has a single row of a single step.

Every query may see something. Padding is at the end, with a different length in
each row, or anywhere; where the mask is also causal, the first step is none.
"""

import torch

from flaxkata.checks import compare, each, fetch, named, preserving, unchanged, when

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

WORDS = {
    "torch.nn.MultiheadAttention": "nn.MultiHeadDotProductAttention",
    "F.scaled_dot_product_attention": "nn.dot_product_attention",
    "key_padding_mask": "mask",
}

OLDER = {"flax.linen.SelfAttention": "nn.MultiHeadDotProductAttention"}


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


SIZES = ((12, 3, 2, 5), (8, 4, 3, 4))  # channels, heads, rows and steps
LONG = (12, 1, 1, 1100)  # more steps than a causal mask that is written down usually has
FIELDS = "with {} channels, {} heads, {} rows and {} steps"


def at_the_end(rows, steps):
    """Padding of a different length in each row."""
    lengths = steps - 1 - torch.arange(rows) % (steps - 1)
    return torch.arange(steps) >= lengths[:, None]


def in_the_middle(rows, steps):
    """Padding anywhere but in the first step: the second is, in each row."""
    padding = torch.rand(rows, steps) < 0.5
    padding[:, 0], padding[:, 1] = False, True
    return padding


def at_the_beginning(rows, steps):
    """Padding anywhere but in the last step: the first is, in each row."""
    padding = torch.rand(rows, steps) < 0.5
    padding[:, 0], padding[:, -1] = True, False
    return padding


PADDING = {"at the end": at_the_end, "at the beginning": at_the_beginning, "in the middle": in_the_middle}
PADDED = FIELDS.replace(" and", ",") + " and padding {}"


def test_port(learner, inside, reference):
    """`port_mha` returns the parameters of `nn.MultiHeadDotProductAttention`,
    with PyTorch's numbers.
    """

    def is_right(mine, twin):
        return compare(mine, right_params(twin), reference="what MultiHeadDotProductAttention wants")

    earlier = []
    for channels, heads in ((12, 3), (16, 4), (6, 1)):
        twin = make_twin(reference, channels, heads)
        given = {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}
        state_dict = inside.kept(given)
        mine = named(learner.port_mha(state_dict, heads), f"port_mha(state_dict of torch_mha({channels}, {heads}), {heads})")
        earlier.append((mine, twin, is_right(mine, twin)))
        unchanged(given, fetch(state_dict), "state_dict")
        with when("with the entries of state_dict in reverse order"):
            is_right(named(learner.port_mha(dict(reversed(given.items())), heads), f"{mine!r}"), twin)
    with when("after ports of other models"):
        for mine, twin, was_right in earlier[:-1]:
            if was_right:
                is_right(mine, twin)


def test_plain(learner, reference):
    """Without masks, `attend` gives torch.nn.MultiheadAttention's numbers."""
    for channels, heads, rows, steps in each((SIZES[0], (12, 4, 2, 5), (12, 1, 1, 1)), FIELDS):
        twin, x = make_twin(reference, channels, heads), torch.randn(rows, steps, channels)
        mine = preserving(learner.attend, "params")(right_params(twin), x)
        compare(mine, reference.torch_attend(twin, x), "attend(params, x)")


def test_padding(learner, reference):
    """With `key_padding_mask`, no step of `attend` sees padding, wherever it
    is.
    """
    cases = ((*SIZES[0], "at the end"), (*SIZES[1], "at the beginning"))
    for channels, heads, rows, steps, where in each(cases, PADDED):
        twin, x, mask = make_twin(reference, channels, heads), torch.randn(rows, steps, channels), PADDING[where](rows, steps)
        mine = learner.attend(right_params(twin), x, mask)
        compare(mine, reference.torch_attend(twin, x, mask), "attend(params, x, key_padding_mask)")
    with when("with x around 1000000 and all but one step of each row as padding"):
        # Scores are then beyond 1e9 and -1e9, which people take for infinity.
        twin, x, mask = make_twin(reference), 1e6 * torch.randn(2, 5, 12), torch.ones(2, 5, dtype=torch.bool)
        mask[0, 3] = mask[1, 1] = False
        mine = learner.attend(right_params(twin), x, mask)
        compare(mine, reference.torch_attend(twin, x, mask), "attend(params, x, key_padding_mask)")


def test_causal(learner, reference):
    """With `causal`, a step of `attend` sees only itself and earlier steps."""
    for channels, heads, rows, steps in each((*SIZES, LONG), FIELDS):
        twin, x = make_twin(reference, channels, heads), torch.randn(rows, steps, channels)
        mine = learner.attend(right_params(twin), x, causal=True)
        compare(mine, reference.torch_attend(twin, x, causal=True), "attend(params, x, causal=True)")
    with when("with x around 1000000"):  # the largest score is far above the next: whatever it adds up to, its weight is 1
        twin, x = make_twin(reference), 1e6 * torch.randn(2, 5, 12)
        mine = learner.attend(right_params(twin), x, causal=True)
        compare(mine, reference.torch_attend(twin, x, causal=True), "attend(params, x, causal=True)")


def test_both(learner, reference):
    """With both masks, a step of `attend` sees only what `key_padding_mask` and
    `causal` both allow.
    """
    cases = ((*SIZES[0], "at the end"), (*SIZES[1], "in the middle"))
    for channels, heads, rows, steps, where in each(cases, PADDED):
        twin, x, mask = make_twin(reference, channels, heads), torch.randn(rows, steps, channels), PADDING[where](rows, steps)
        mine = learner.attend(right_params(twin), x, mask, causal=True)
        compare(mine, reference.torch_attend(twin, x, mask, causal=True), "attend(params, x, key_padding_mask, causal=True)")


def test_gradient(learner, reference, inside):
    """The gradient of `attend` with respect to x is PyTorch's, with both masks
    and under jax.jit.
    """
    twin, x, cotangent = make_twin(reference), torch.randn(2, 5, 12, requires_grad=True), torch.randn(2, 5, 12)
    mask = at_the_end(2, 5)
    y = reference.torch_attend(twin, x, mask, causal=True)
    (theirs,) = torch.autograd.grad((y * cotangent).sum(), x)
    mine = inside.gradient(learner.attend, right_params(twin), x, mask, cotangent)
    compare(mine, theirs, "the gradient with respect to x of attend")
