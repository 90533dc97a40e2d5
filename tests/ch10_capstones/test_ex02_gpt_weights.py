"""Graded checks of 10.2 gpt_weights: arrays must match exactly; entries come
from the last to the first.
"""

import torch

from flaxkata.checks import compare, expect, fetch, flatten, named, unchanged

LEARNED = "port by name: attn.bias is a mask, lm_head is wte, h_10 sorts before h_2, and unknown names raise."

HINTS = (
    "A checkpoint is a list of names, and your function is a set of rules for names. Print the names of the state_dict once, "
    "and write one rule for each kind. A name without a rule is an error.",
    '`name.removeprefix("_orig_mod.")`, then `name.split(".")` and `match`, or `re.fullmatch`. `.T` is for the weights of '
    "c_attn, c_fc and c_proj. `np.array_equal` tells whether lm_head.weight is tied.",
    'Collect {(f"h_{i}", "attn", "c_attn", "kernel"): jnp.asarray(array.T), ...} for all names; `unflatten_dict` makes the '
    'tree. The last rule is raise ValueError(name). For ["transformer", "h", _, "attn", "bias"], write `continue`.',
)


UNKNOWN = (
    "transformer.h.1.mlp.c_gate.weight",
    "transformer.h.0.ln_f.weight",
    "transformer.ln_1.weight",
    "transformer.h.1.mlp.c_fc.weight_mask",
    "transformer.h.0.attn.rel_pos_bias",
    "ema.transformer.wpe.weight",
    "value_head.weight",
    "lm_head.bias",
)


def make_twin(reference, layers=2, width=40, heads=5):
    """A TorchGPT with no parameter at its initial value and no bias at zero."""
    twin = reference.TorchGPT(vocab=50, context=16, width=width, layers=layers, heads=heads)
    with torch.no_grad():
        for p in twin.parameters():
            p.add_(torch.randn(p.shape) * (0.2 if p.ndim > 1 else 0.5))
    return twin


def numpy_state_dict(twin, prefix=""):
    """The state_dict as its own NumPy arrays, from the last entry to the
    first.
    """
    return {prefix + name: tensor.numpy().copy() for name, tensor in reversed(twin.state_dict().items())}


def in_flax(module):
    """The module's parameters as Flax names them."""
    match module:
        case torch.nn.Linear():
            return {"kernel": module.weight.detach().T.clone(), "bias": module.bias.detach()}
        case torch.nn.LayerNorm():
            return {"scale": module.weight.detach(), "bias": module.bias.detach()}
        case torch.nn.Embedding():
            return {"embedding": module.weight.detach()}
    return {name: tree for name, child in module.named_children() if (tree := in_flax(child))}


def right_variables(twin):
    params = in_flax(twin.transformer)
    return {"params": {f"h_{i}": tree for i, tree in params.pop("h").items()} | params}


def refused(learner, inside, twin, state_dict, what):
    """Record that port_gpt raises an error for a state_dict with `what`."""
    count = fetch(inside.arrays(learner.port_gpt, state_dict))
    more = bool(count) and count > len(flatten(right_variables(twin)))
    did = "put it into the tree" if more else "left it out, or took it for another,"
    words = f"port_gpt was given {what}. It {did} without an error. Raise one: the tree has no place for it."
    return expect(count is None, f"port_gpt, given {what}", words, count, did)


def test_tree(learner, reference):
    """`port_gpt` puts each array in its place, and transposes the weights of
    Linears.
    """
    twin = make_twin(reference)
    mine = named(learner.port_gpt(numpy_state_dict(twin)), "port_gpt(state_dict)")
    compare(mine, right_variables(twin), tolerance=0, reference="the model")


def test_twelve_layers(learner, reference):
    """`port_gpt` puts the arrays of twelve layers in their places, h.10 and
    h.11 included.
    """
    twin = make_twin(reference, layers=12, width=6, heads=2)
    mine = named(learner.port_gpt(numpy_state_dict(twin)), "port_gpt(state_dict of 12 layers)")
    compare(mine, right_variables(twin), tolerance=0, reference="the model")


def test_compiled(learner, reference):
    """`port_gpt` accepts names that begin with _orig_mod, as in a compiled
    model.
    """
    twin = make_twin(reference)
    mine = named(learner.port_gpt(numpy_state_dict(twin, "_orig_mod.")), "port_gpt(state_dict of a compiled model)")
    compare(mine, right_variables(twin), tolerance=0, reference="the model")


def test_head(learner, inside, reference):
    """`port_gpt` works without lm_head.weight, and raises an error for one that
    is not tied.
    """
    twin = make_twin(reference)
    state_dict = numpy_state_dict(twin)
    head = state_dict.pop("lm_head.weight")
    mine = named(learner.port_gpt(state_dict), "port_gpt(state_dict without lm_head.weight)")
    compare(mine, right_variables(twin), tolerance=0, reference="the model")
    other = {"lm_head.weight": head[::-1].copy()}
    refused(learner, inside, twin, state_dict | other, "an lm_head.weight that is not tied")
    refused(learner, inside, twin, other | state_dict, "an lm_head.weight that is not tied, before all others")


def test_unknown(learner, inside, reference):
    """`port_gpt` raises an error for a weight whose name no TorchGPT has."""
    twin = make_twin(reference)
    state_dict = numpy_state_dict(twin)
    array = state_dict["transformer.h.1.mlp.c_fc.weight"]
    for name in UNKNOWN:
        refused(learner, inside, twin, state_dict | {name: array}, f"a weight called {name}")


def test_state_dict_unchanged(learner, inside, reference):
    """`port_gpt` leaves the given state_dict unchanged, its names included."""
    for prefix, words in (("", "state_dict"), ("_orig_mod.", "state_dict of a compiled model")):
        state_dict = named(inside.over_here(numpy_state_dict(make_twin(reference), prefix)), words)
        before = fetch(state_dict)
        learner.port_gpt(state_dict)
        unchanged(before, fetch(state_dict), words)
