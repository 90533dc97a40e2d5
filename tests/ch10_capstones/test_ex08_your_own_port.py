"""Graded checks of 10.8 your_own_port: weights that hide nothing, and a square
head.
"""

import pytest
import torch

from flaxkata.checks import compare, each, expect, fetch, kind, layers, named, unchanged, when

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

WORDS = {"register_forward_hook": "capture_intermediates=True", "torch.nn.Parameter": "self.param"}


TRAINED = "with weights as after training"


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


def quiet(twin):
    """The network with maps so small that epsilon counts in the other
    LayerNorms as well.
    """
    trained(twin)
    with torch.no_grad():
        for name, tensor in twin.named_parameters():
            if name.startswith("patch_embed.norm") or name.endswith(("pwconv2.weight", "pwconv2.bias", "reduction.weight")):
                tensor.mul_(3e-3)
    return twin


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def in_numpy(twin):
    return {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}


def ported(learner, twin):
    return named(learner.port(in_numpy(twin)), "variables")


@pytest.fixture
def twins(reference):
    """Networks, and words for their weights."""
    return {TRAINED: trained(reference.TorchNet()), "with weights that keep the maps small": quiet(reference.TorchNet())}


@pytest.fixture
def twin(twins):
    return twins[TRAINED]


@pytest.fixture
def x():
    return torch.randn(2, 3, 32, 24)


@pytest.fixture
def forward(learner, inside):
    """The learner's `forward`, under jax.jit."""
    return named(inside.compiled(learner.forward), "forward")


@pytest.fixture
def pairs(learner, forward, twins, x):
    """What `forward` returns for each of the twins, if that is two things; else
    nothing.
    """
    found = {}
    for words, twin in twins.items():
        result = forward(ported(learner, twin), channels_last(x))
        back = fetch(result)
        right = isinstance(back, tuple | list) and len(back) == 2 and isinstance(back[1], dict)
        say = "forward(variables, x) must return two things, the logits and a dict of activations."
        if not expect(right, "what forward returns", say):
            return {}
        found[words] = result[0], named(result[1], "activations")
    return found


@pytest.mark.points(2)
def test_layers(reference, twins, pairs, x):
    """Layer by layer, in the order of computation, the activations of `forward`
    are those of `torch_activations`.
    """
    for words in each(pairs, "{}"):
        layers(pairs[words][1], reference.torch_activations(twins[words], x), "activations")


def test_names(reference, twin, pairs, x):
    """`forward` returns an activation for every name that `torch_activations`
    returns.
    """
    if pairs:
        missing = [name for name in reference.torch_activations(twin, x) if name not in fetch(pairs[TRAINED][1])]
        few = ", ".join(map(repr, missing[:3])) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        expect(not missing, "names", f"The activations of `forward` lack {few}.", len(missing), str(missing))


def test_called_again(learner, inside, twin):
    """What `forward` returned stays as it is when it is called again."""
    x, other = torch.randn(2, 1, 8, 8, 3)
    before, after = fetch(inside.before_and_after(learner.forward, ported(learner, twin), x, other))
    with when("after a second call of `forward`"):
        unchanged(before, after, "the first result")


def test_logits(twins, pairs, x):
    """The logits of `forward` are TorchNet's."""
    for words in each(pairs, "{}"):
        compare(pairs[words][0], twins[words](x), "the output of forward(variables, x)")


def test_other_images(learner, reference, forward, twin):
    """What `forward` returns is PyTorch's for images of other sizes and
    batches, too: no size is hard-coded.
    """
    variables = ported(learner, twin)
    for batch, *size in each([(3, 16, 40), (1, 8, 8)], "for {} images of {} x {}"):
        x = torch.randn(batch, 3, *size)
        result = forward(variables, channels_last(x))
        compare(result[0], twin(x), "the output of forward")
        layers(named(result[1], "activations"), reference.torch_activations(twin, x), "activations")


def test_nothing_to_normalize(learner, inside, forward, twin, x):
    """Where `pwconv1` gives only zeros, which GRN divides by their mean, the
    logits of `forward` are TorchNet's, not NaN; also where it gives small
    numbers and `gamma` is large. `port` takes a dict whose arrays were replaced
    as it is then.
    """
    block, state_dict = twin.stages[0][1], named(inside.keep(in_numpy(twin)), "state_dict")
    for words in each(("where pwconv1 gives small numbers", "where pwconv1 gives zeros"), "{}"):
        with torch.no_grad():
            for p in block.pwconv1.parameters():
                p.mul_(1e-7 if "small" in words else 0)
            block.grn.gamma.mul_(1e7 if "small" in words else 1e-7)
        state_dict.update(in_numpy(twin))
        variables = named(learner.port(state_dict), "variables")
        compare(forward(variables, channels_last(x))[0], twin(x), "the output of forward")


def test_gradient(learner, inside, twin, x):
    """The gradient of the logits of `forward` with respect to the images is
    TorchNet's.
    """
    cotangent = torch.randn(2, 10)
    leaf = x.clone().requires_grad_()
    (theirs,) = torch.autograd.grad((twin(leaf) * cotangent).sum(), leaf)
    gradient = named(inside.gradient_of(learner.forward), "the gradient of forward")
    mine = gradient(ported(learner, twin), channels_last(x), cotangent)
    compare(mine, channels_last(theirs), "the gradient of forward in x")


def test_port(learner, inside, twin):
    """`port` returns a tree of `jax.Array`s, and leaves the given state_dict
    unchanged.
    """
    state_dict = named(inside.keep(in_numpy(twin)), "state_dict")
    before = fetch(state_dict)
    kinds = [kind(leaf) for leaf in fetch(inside.arrays(learner.port(state_dict)))]
    others = [one for one in kinds if one != "jax.Array"]
    words = f"port(state_dict) returned {len(others)} leaves that are not jax.Arrays: {', '.join(sorted(set(others)))}."
    expect(not others, "the leaves of port(state_dict)", f"{words} Convert them with `jnp.asarray(...)`.", len(others))
    unchanged(before, fetch(state_dict), "state_dict")
