"""Graded checks of 10.2 gpt_weights: arrays must match exactly; entries come in
different orders.
"""

import torch

from flaxkata.checks import between, compare, each, expect, fetch, flatten, named, unchanged, unless_raised

LEARNED = "port by name: attn.bias is a mask, lm_head is wte, h_10 sorts before h_2, and unknown names raise."

HINTS = (
    "A checkpoint is a list of names, and your function is a set of rules for names. Print the names of the state_dict once, "
    "and write one rule for each kind. A name without a rule is an error.",
    '`name.removeprefix("_orig_mod.")`, then `name.split(".")` and `match`, or `re.fullmatch`. `.T` is for the weights of '
    "c_attn, c_fc and c_proj. `np.array_equal` tells whether lm_head.weight is tied.",
    'Collect {(f"h_{i}", "attn", "c_attn", "kernel"): jnp.asarray(array.T), ...} for all names; `unflatten_dict` makes the '
    'tree. The last rule is raise ValueError(name). For ["transformer", "h", _, "attn", "bias"], write `continue`.',
)

WORDS = {
    "wte.weight": '["wte"]["embedding"]',
    "ln_f.weight": '["ln_f"]["scale"]',
    "state_dict": "flax.traverse_util.unflatten_dict",
}


# Names that no TorchGPT has, by what is wrong with them.
UNKNOWN = {
    "a layer that no block has": ("transformer.h.1.mlp.c_gate.weight", "transformer.h.0.ln_3.bias"),
    "a layer where it does not belong": ("transformer.h.1.mlp.c_attn.weight", "transformer.h.0.attn.c_fc.bias"),
    "a norm where it does not belong": ("transformer.h.0.ln_f.weight", "transformer.ln_1.weight"),
    "an array that its layer does not have": (
        "transformer.wte.bias",
        "transformer.h.0.ln_1.running_mean",
        "transformer.h.1.mlp.bias",
        "transformer.h.0.attn.rel_pos_bias",
    ),
    "a name that goes on": ("transformer.h.1.mlp.c_fc.weight_mask", "transformer.ln_f.bias.0"),
    "a name that begins earlier": ("ema.transformer.wpe.weight", "module.transformer.h.0.ln_1.weight"),
    "a name with a different prefix": ("orig.transformer.wpe.weight",),
    "a name that begins later": ("wpe.weight", "h.0.ln_1.weight"),
    "a layer outside of transformer": ("value_head.weight", "lm_head.bias"),
    "attn.bias outside of the blocks": ("encoder.attn.bias", "transformer.attn.bias"),
    "attn.bias deeper in a block": ("transformer.h.0.mlp.attn.bias",),
    "a mask that is not attn.bias": ("transformer.h.1.mlp.mask", "transformer.h.1.attn.masked_bias"),
    "a name that begins before _orig_mod.": ("ema._orig_mod.transformer.wpe.weight",),
    "a different character in place of a dot": (
        "transformer.h.1.mlp.c_fc_weight",
        "transformer.h.0.attn.c_proj_bias",
        "transformer.h.0.attn_bias",
        "transformer.h.1.ln_2_bias",
        "transformer.h.0_ln_1.weight",
        "transformer.wpe_weight",
        "transformer-ln_f.weight",
        "lm_head_weight",
        "_orig_mod-transformer.ln_f.bias",
    ),
    "a line feed at the end of a name": (
        "transformer.wte.weight\n",
        "transformer.ln_f.bias\n",
        "transformer.h.0.ln_1.weight\n",
        "transformer.h.1.mlp.c_fc.weight\n",
        "transformer.h.0.attn.bias\n",
        "lm_head.weight\n",
    ),
    "_orig_mod. inside a name": ("transformer._orig_mod.ln_f.weight", "transformer.h.0._orig_mod.ln_2.bias"),
}


def make_twin(reference, layers=2, width=40, heads=5, vocab=50, context=16):
    """A TorchGPT with no parameter at its initial value and no bias at zero."""
    twin = reference.TorchGPT(vocab, context, width, layers, heads)
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


def refused(learner, twin, state_dict, others, what):
    """Record that port_gpt raises an error for a state_dict with each of the
    `others`, which are `what`.
    """
    trees = {name: unless_raised(learner.port_gpt, state_dict | {name: array}) for name, array in others.items()}
    accepted = {name: len(flatten(fetch(tree))) for name, tree in trees.items() if tree is not None}
    more = any(count > len(flatten(right_variables(twin))) for count in accepted.values())
    it = "it" if len(accepted) == 1 else "them"
    names = " and ".join(name.replace("\n", "\\n") for name in accepted)
    did = f"put {it} into the tree" if more else f"left {it} out, or took {it} for others"
    words = f"port_gpt was given {what}: {names}. It raised no error, and {did}. Raise one: "
    words += f"the tree has no place for {it}."
    return expect(not accepted, f"port_gpt, given {what},", words, detail="in the tree" if more else "lost")


def test_tree(learner, reference):
    """`port_gpt` puts each array in its place, and transposes the weights of
    Linears.
    """
    for order, layers, mask in each(
        (("from the last to the first", 2, "bool"), ("in the model's order", 1, "float32")),
        "with the entries {}, {} layers and masks of {}",
    ):
        twin = make_twin(reference, layers, vocab=50 if layers == 2 else 40)
        state_dict = {name: array.astype(mask) if array.ndim == 4 else array for name, array in numpy_state_dict(twin).items()}
        if order == "in the model's order":
            state_dict = dict(reversed(state_dict.items()))
        mine = named(learner.port_gpt(state_dict), "port_gpt(state_dict)")
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
    model, and compares its lm_head.weight too.
    """
    twin = make_twin(reference)
    state_dict = numpy_state_dict(twin, "_orig_mod.")
    mine = named(learner.port_gpt(state_dict), "port_gpt(state_dict of a compiled model)")
    compare(mine, right_variables(twin), tolerance=0, reference="the model")
    others = {"_orig_mod.lm_head.weight": state_dict["_orig_mod.lm_head.weight"][::-1].copy()}
    refused(learner, twin, state_dict, others, "a compiled model's head that is not tied")


def test_head(learner, reference):
    """`port_gpt` works without lm_head.weight, and raises an error for one that
    is not tied, even if a single number differs.
    """
    twin = make_twin(reference)
    state_dict = numpy_state_dict(twin)
    head = state_dict.pop("lm_head.weight")
    mine = named(learner.port_gpt(state_dict), "port_gpt(state_dict without lm_head.weight)")
    compare(mine, right_variables(twin), tolerance=0, reference="the model")
    other, near = {"lm_head.weight": head[::-1].copy()}, head.copy()
    near.flat[int(between(0, head.size))] *= 1 + 2**-22  # far below any tolerance
    refused(learner, twin, state_dict, other, "a head that is not tied")
    refused(learner, twin, other | state_dict, other, "a head that is not tied, before all others")
    refused(learner, twin, state_dict, {"lm_head.weight": near}, "a head that differs from the table in one number")


def test_unknown(learner, reference):
    """`port_gpt` raises an error for a name that no TorchGPT has."""
    twin = make_twin(reference)
    state_dict = numpy_state_dict(twin)
    for what, names in UNKNOWN.items():
        others = {name: state_dict[like(name)] for name in names}
        refused(learner, twin, state_dict, others, what)


def like(name):
    """An entry whose array has the shape that one of this name would have."""
    if "attn.bias" in name or "attn_bias" in name or "mask" in name.split("."):
        return "transformer.h.0.attn.bias"
    return "transformer.ln_f.bias" if "ln_" in name or "bias" in name else "transformer.h.1.mlp.c_fc.weight"


def test_state_dict_unchanged(learner, inside, reference):
    """`port_gpt` leaves the given state_dict unchanged, its names included."""
    for prefix, words in (("", "state_dict"), ("_orig_mod.", "state_dict of a compiled model")):
        state_dict = named(inside.over_here(numpy_state_dict(make_twin(reference), prefix)), words)
        before = fetch(state_dict)
        learner.port_gpt(state_dict)
        unchanged(before, fetch(state_dict), words)
