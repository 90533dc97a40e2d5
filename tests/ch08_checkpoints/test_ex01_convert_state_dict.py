"""Graded checks of 8.1 convert_state_dict: every number of the twin is random,
and in one case all sizes are equal.
"""

import numpy as np
import pytest
import torch

from flaxkata.checks import compare, expect, fetch, named, one_of, reading, unchanged, when

LEARNED = "a converter fetches by name all that the model needs; an audit compares names and shapes, not numbers."

HINTS = (
    "Do as `load_state_dict` does: it walks over what the model has, asks the state_dict for each name, and lists the names "
    "that nobody asked for. You need one more thing, the name for a path.",
    '`path.split("/")` gives collection, layer and leaf. `layer.rpartition("_")` cuts at the last underscore, `str.isdigit` '
    "says whether a number follows it. `array.T` reverses all axes, even when there are three.",
    'convert: for path in flatten_dict(target, sep="/"): array = state_dict[torch_name(path)], `.T` if path ends with '
    '"/kernel", then jnp.asarray; unflatten_dict(flat, sep="/"). audit: the same walk, with `name not in state_dict`, the '
    "two shapes, and the names in state_dict that the walk did not use.",
)

WORDS = {
    "state_dict": 'flatten_dict(variables, sep="/")',
    "embed.weight": "params/embed/embedding",
    "conv.weight": "params/conv/kernel",
    "bn.running_mean": "batch_stats/bn/mean",
}

SIZES = {"vocab": 11, "channels": 5, "hidden": 6, "blocks": 12}
OTHER_SIZES = {"vocab": 7, "channels": 9, "hidden": 4, "blocks": 3}
LEAVES = {
    torch.nn.Embedding: {"embedding": "weight"},
    torch.nn.Conv1d: {"kernel": "weight", "bias": "bias"},
    torch.nn.Linear: {"kernel": "weight", "bias": "bias"},
    torch.nn.BatchNorm1d: {"scale": "weight", "bias": "bias", "mean": "running_mean", "var": "running_var"},
    torch.nn.LayerNorm: {"scale": "weight", "bias": "bias"},
}


def make_twin(reference, **sizes):
    """A TorchNet in eval mode; none of its numbers is 0 or 1."""
    twin = reference.TorchNet(**(SIZES | sizes)).eval()
    with torch.no_grad():
        for p in twin.parameters():
            p.normal_(std=0.5)
        twin.bn.running_mean.normal_()
        twin.bn.running_var.uniform_(0.5, 2.0)
    return twin


def numpy_state_dict(twin):
    return {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}


def names(twin):
    """The name in PyTorch for each path (collection, layer, leaf) in Flax."""
    found = {}
    for module, layer in twin.named_modules():
        if module != "head":
            for leaf, attribute in LEAVES.get(type(layer), {}).items():
                collection = "batch_stats" if leaf in ("mean", "var") else "params"
                found[collection, module.replace(".", "_"), leaf] = f"{module}.{attribute}"
    return found


def right_variables(twin):
    """FlaxNet's variables with the twin's numbers."""
    state, variables = twin.state_dict(), {"params": {}, "batch_stats": {}}
    for (collection, layer, leaf), name in names(twin).items():
        tensor = state[name].permute(*range(state[name].ndim)[::-1]) if leaf == "kernel" else state[name]
        variables[collection].setdefault(layer, {})[leaf] = tensor.clone()
    return variables


@pytest.fixture
def target(inside):
    """Fresh variables of FlaxNet, beside the learner's code."""
    return named(inside.fresh(**SIZES), "target")


def test_names(learner, reference):
    """`torch_name` returns PyTorch's name for every path in FlaxNet's
    variables.
    """
    layers = ("embed", "conv", "bn", "blocks_1", "blocks_10", "final_norm", "proj")
    paths = {"/".join(path): name for path, name in names(make_twin(reference)).items() if path[1] in layers}
    number = one_of(107, 230, 4096)
    paths |= {f"params/blocks_{number}/kernel": f"blocks.{number}.weight"}
    for path, name in paths.items():
        compare(learner.torch_name(path), name, f"torch_name({path!r})")


@pytest.mark.points(2)
def test_convert(learner, inside, reference):
    """`convert` takes every array of `target` from its own entry of
    `state_dict`, in Flax's layout.
    """
    for sizes in (SIZES, OTHER_SIZES):
        with when(f"with {sizes['blocks']} blocks"):
            twin, target = make_twin(reference, **sizes), named(inside.fresh(**sizes), "target")
            compare(learner.convert(numpy_state_dict(twin), target), right_variables(twin), "convert(state_dict, target)")


def test_square(learner, inside, reference):
    """`convert` takes every array from its own entry even if all sizes are
    equal and a mix-up raises no error.
    """
    sizes = {"vocab": 3, "channels": 3, "hidden": 3, "blocks": 2}  # the width of a kernel is 3 too
    twin = make_twin(reference, **sizes)
    state_dict = dict(reversed(numpy_state_dict(twin).items()))
    with when("with all sizes 3 and state_dict reversed"):
        mine = learner.convert(state_dict, named(inside.fresh(**sizes), "target"))
        compare(mine, right_variables(twin), "convert(state_dict, target)")


def test_outputs(learner, inside, reference, target):
    """FlaxNet with the converted variables gives TorchNet's outputs."""
    twin = make_twin(reference)
    ids = torch.randint(SIZES["vocab"], (3, 7), dtype=torch.int32)
    variables = named(learner.convert(numpy_state_dict(twin), target), "variables")
    compare(
        reading(inside.logits, "FlaxNet.apply(variables, ids)")(variables, ids),
        twin(ids),
        "the outputs of FlaxNet with convert(state_dict, target)",
    )


def test_target_unchanged(learner, inside, reference, target):
    """Neither `convert` nor `audit` changes the `state_dict` or the `target` it
    is given.
    """
    state_dict = named(inside.held(numpy_state_dict(make_twin(reference))), "state_dict")
    for name in ("convert", "audit"):
        given = {"target": (target, fetch(target)), "state_dict": (state_dict, fetch(state_dict))}
        getattr(learner, name)(state_dict, target)
        for what, (tree, before) in given.items():
            with when(f"after {name}(state_dict, target)"):
                unchanged(before, fetch(tree), what)


def audited(answer, label, missing=(), unexpected=(), mismatched=()):
    """Record whether an audit says what it should, list by list."""
    back = fetch(answer)
    three = isinstance(back, tuple | list) and len(back) == 3 and all(isinstance(b, tuple | list) for b in back)
    if not expect(three, f"what {label} returns", f"{label} did not return three lists: missing, unexpected, mismatched."):
        return
    wanted = {"missing": missing, "unexpected": unexpected, "mismatched": mismatched}
    for (word, right), mine in zip(wanted.items(), back, strict=True):
        said = sorted(map(str, mine))
        words = f"{label}: {word} is {brief(said)}; expected {brief(sorted(right))}."
        expect(said == sorted(right), f"{word} of {label}", words, detail=repr(said))


def brief(names):
    if not names:
        return "an empty list"
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"[{', '.join(map(repr, names[:4]))}{more}]"


def test_audit_fits(learner, inside, reference):
    """`audit` finds nothing in a `state_dict` that fits: neither the tied head
    nor the counter is unexpected.
    """
    for sizes in (SIZES, OTHER_SIZES):
        label = f"audit of a state_dict that fits, with {sizes['blocks']} blocks"
        state_dict, target = numpy_state_dict(make_twin(reference, **sizes)), named(inside.fresh(**sizes), "target")
        audited(learner.audit(state_dict, target), label)


@pytest.mark.points(2)
def test_audit(learner, inside, reference, target):
    """`audit` lists what is missing in `state_dict`, what is unexpected, and
    what has a different shape.
    """
    fewer = numpy_state_dict(make_twin(reference, blocks=11))
    paths = ("params/blocks_11/bias", "params/blocks_11/kernel")
    audited(learner.audit(fewer, target), "audit with 11 blocks instead of 12", missing=paths)

    without = numpy_state_dict(make_twin(reference))
    del without["bn.running_mean"], without["bn.running_var"], without["bn.num_batches_tracked"]
    paths = ("batch_stats/bn/mean", "batch_stats/bn/var")
    audited(learner.audit(without, target), "audit without running statistics and counter", missing=paths)

    more = numpy_state_dict(make_twin(reference, blocks=13))
    entries = ("blocks.12.bias", "blocks.12.weight")
    audited(learner.audit(more, target), "audit with 13 blocks instead of 12", unexpected=entries)

    longer = numpy_state_dict(make_twin(reference, vocab=12))
    audited(learner.audit(longer, target), "audit with a vocab of 12 instead of 11", mismatched=("params/embed/embedding",))

    turned = numpy_state_dict(make_twin(reference))
    turned["proj.weight"] = turned["proj.weight"].T.copy()
    audited(learner.audit(turned, target), "audit with a transposed proj.weight", mismatched=("params/proj/kernel",))

    turned = numpy_state_dict(make_twin(reference))
    turned["conv.weight"] = turned["conv.weight"].transpose(2, 1, 0).copy()
    turned |= {"bn.running_mean": turned["bn.running_mean"][:, None], "bn.running_var": turned["bn.running_var"][None]}
    paths = ("batch_stats/bn/mean", "batch_stats/bn/var", "params/conv/kernel")
    label = "audit with conv.weight reversed and running statistics in two axes"
    audited(learner.audit(turned, target), label, mismatched=paths)

    flat = numpy_state_dict(make_twin(reference))
    flat["conv.weight"] = flat["conv.weight"][..., 0]
    audited(learner.audit(flat, target), "audit with conv.weight in two axes", mismatched=("params/conv/kernel",))

    worn = numpy_state_dict(make_twin(reference, hidden=6, channels=4))
    del worn["blocks.10.bias"]
    worn |= {"encoder.bn.num_batches_tracked": worn["bn.num_batches_tracked"], "head.bias": worn["bn.bias"]}
    worn |= {"blocks_1.weight": worn["blocks.1.weight"], "lm_head.weight": worn["embed.weight"]}
    paths = ("params/conv/kernel", "params/embed/embedding", "params/proj/bias", "params/proj/kernel")
    label = "audit with 4 channels instead of 5, without blocks.10.bias and with four entries that are not TorchNet's"
    entries = ("blocks_1.weight", "encoder.bn.num_batches_tracked", "head.bias", "lm_head.weight")
    audited(learner.audit(worn, target), label, missing=("params/blocks_10/bias",), unexpected=entries, mismatched=paths)

    strange = numpy_state_dict(make_twin(reference))
    strange |= {"embed.bias": strange["proj.bias"], "blocks.3.weight_g": strange["blocks.3.bias"]}
    label = "audit with two entries that layers of TorchNet do not have"
    audited(learner.audit(strange, target), label, unexpected=("blocks.3.weight_g", "embed.bias"))

    sizes = OTHER_SIZES | {"blocks": 4}
    label = "audit with 4 blocks instead of 3, after audits with a target that has 12"
    answer = learner.audit(numpy_state_dict(make_twin(reference, **sizes)), named(inside.fresh(**OTHER_SIZES), "target"))
    audited(answer, label, unexpected=("blocks.3.bias", "blocks.3.weight"))

    padded = numpy_state_dict(make_twin(reference))
    padded["head.weight"] = np.pad(padded["head.weight"], ((0, 3), (0, 0)))
    label = "audit with a head.weight that has three rows of zeros more than the table"
    audited(learner.audit(padded, target), label, unexpected=("head.weight",))


def test_untied(learner, reference, target):
    """`audit` lists `head.weight` as unexpected if it is not the table of the
    embedding: it would be left behind.
    """
    state_dict = numpy_state_dict(make_twin(reference))
    table = state_dict["head.weight"]
    last, first = table.copy(), table.copy()
    last[-1, -1] = np.nextafter(last[-1, -1], np.inf)  # np.allclose does not see it
    first[0, 0] = np.nextafter(first[0, 0], -np.inf)
    heads = {
        "of its own": table + 0.5,
        "that differs from the table in the last digit of one number": last,
        "with one number that is smaller than in the table": first,
        "with the table's numbers in another shape": table.reshape(table.shape[::-1]),
    }
    for which, head in heads.items():
        label = f"audit with a head.weight {which}"
        audited(learner.audit(state_dict | {"head.weight": head}, target), label, unexpected=("head.weight",))
