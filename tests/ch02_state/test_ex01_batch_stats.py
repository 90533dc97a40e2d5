"""Graded checks of 2.1 batch_stats."""

import copy

import pytest
import torch

from flaxkata.checks import compare, each, expect, fetch, layers, named, reading, unchanged, when

LEARNED = "what a model remembers is a collection: `mutable=` lets apply return it, and you carry it to the next call."

HINTS = (
    "`model.train()(x)` does two things in PyTorch: it returns an output and writes running_mean and running_var. Here "
    "one call returns both, and you put the second where it belongs.",
    "`nn.BatchNorm(use_running_average=..., momentum=...)`: Flax keeps `momentum` of the old statistics, PyTorch "
    "1 - momentum. `model.apply(..., mutable=[...])` returns a pair; `{**a, **b}` is a copy of a with b's entries.",
    'FlaxNet: momentum=0.9, use_running_average=not train, name="bn". train_step: output, updates = '
    'model.apply(variables, x, True, mutable=["batch_stats"]), then return output, {**variables, **updates}.',
)

WORDS = {
    "torch.nn.BatchNorm1d": "nn.BatchNorm",
    "model.train()": 'mutable=["batch_stats"]',
    "model.eval()": "use_running_average",
    "running_mean": "batch_stats",
}
SIZES = ((4, 6, 3), (3, 5, 1))  # in_dim, hidden, output_dim


class Deep(torch.nn.Module):
    """A network with two BatchNorms, in blocks."""

    def __init__(self, in_dim, hidden, output_dim):
        super().__init__()
        self.block, self.last = (
            torch.nn.ModuleDict({"fc": torch.nn.Linear(n, m), "bn": torch.nn.BatchNorm1d(m)})
            for n, m in ((in_dim, hidden), (hidden, output_dim))
        )

    def forward(self, x):
        x = torch.tanh(self.block["bn"](self.block["fc"](x)))
        return self.last["bn"](self.last["fc"](x))


def moved(twin):
    """The twin with no number that is 0 or 1; the first unit of each BatchNorm
    spreads so little that epsilon counts.
    """
    with torch.no_grad():
        for layer in twin.modules():
            if isinstance(layer, torch.nn.Linear):
                layer.weight[0] /= 500
                layer.bias[0] /= 500
            if isinstance(layer, torch.nn.BatchNorm1d):
                for tensor in (layer.weight, layer.running_var):
                    tensor.uniform_(0.5, 2.0)
                for tensor in (layer.bias, layer.running_mean):
                    tensor.normal_()
                layer.running_var[0] /= 1e5
                layer.running_mean[0] /= 500
    return twin


def flax_variables(twin):
    """The twin's numbers as Flax keeps them."""
    params, stats = {}, {}
    for name, layer in twin.named_children():
        if isinstance(layer, torch.nn.Linear):
            params[name] = {"kernel": layer.weight.detach().T.clone(), "bias": layer.bias.detach().clone()}
        elif isinstance(layer, torch.nn.BatchNorm1d):
            params[name] = {"scale": layer.weight.detach().clone(), "bias": layer.bias.detach().clone()}
            stats[name] = {"mean": layer.running_mean.clone(), "var": layer.running_var.clone()}
        else:
            params[name], stats[name] = flax_variables(layer).values()
    return {"params": params, "batch_stats": stats}


def without_factor(twin, before, rows, steps):
    """Take PyTorch's factor n / (n - 1) out of the running_var that `steps`
    batches made of `before`.
    """
    for name, layer in twin.named_modules():
        if isinstance(layer, torch.nn.BatchNorm1d):
            stats = before["batch_stats"]
            for key in name.split("."):
                stats = stats[key]
            kept = (1 - layer.momentum) ** steps * stats["var"]
            layer.running_var.copy_(kept + (layer.running_var - kept) * (rows - 1) / rows)


def after(reference, twin, x):
    """(the output in train mode, the variables after it); running_var without
    its factor.
    """
    before = flax_variables(twin)
    output = reference.torch_train_step(twin, x)
    without_factor(twin, before, len(x), 1)
    return output, flax_variables(twin)


def batch(rows, in_dim):
    return 1.5 + 2 * torch.randn(rows, in_dim)


@pytest.fixture
def make(jax):
    """A function that puts numbers into the other room, as new variables each
    time.
    """
    return lambda variables: named(jax.tree.map(jax.numpy.asarray, variables), "variables")


def nets(inside, reference):
    """Two correct networks over there, each with its twin and a batch."""
    kinds = (reference.TorchNet, inside.Net, 8, "one BatchNorm"), (Deep, inside.Deep, 5, "two BatchNorms in blocks")
    for (twin, net, rows, words), (in_dim, hidden, output_dim) in zip(kinds, SIZES, strict=True):
        with when(f"for a model with {words}"):
            model = named(net(hidden=hidden, output_dim=output_dim), "model")
            yield model, moved(twin(in_dim, hidden, output_dim)), batch(rows, in_dim)


def activations(twin, x):
    """The outputs of the twin's layers in train mode, by name."""
    twin, seen = copy.deepcopy(twin), {}
    for name, layer in twin.named_children():
        layer.register_forward_hook(lambda _, __, output, name=name: seen.update({name: output}))
    twin.train()(x)
    return seen


@pytest.mark.points(2)
def test_network(learner, reference, inside, make):
    """`FlaxNet` gives PyTorch's outputs in train and in eval mode, and updates
    its running statistics as PyTorch does.
    """
    for in_dim, hidden, output_dim in each(SIZES, "with in_dim {}, hidden {} and output_dim {}"):
        twin, x = moved(reference.TorchNet(in_dim, hidden, output_dim)), batch(2 + hidden, in_dim)
        model = named(learner.FlaxNet(hidden=hidden, output_dim=output_dim), "model")
        before, between = flax_variables(twin), activations(twin, x)
        evaluated = reference.torch_eval_step(twin, x)
        trained, expected = after(reference, twin, x)
        output, variables = fetch(named(inside.trained, "FlaxNet.apply")(model, make(before), x))
        if not compare(output, trained, "the output of FlaxNet in train mode"):
            mine = reading(inside.layers, "FlaxNet in train mode")(model, make(before), x)
            if layers(mine, between, "the layers of FlaxNet in train mode"):
                words = "fc1, bn and fc2 give PyTorch's numbers, and the output is not what fc2 gives."
                expect(False, "what FlaxNet does after fc2", words)
        compare(variables, expected, "the variables after FlaxNet in train mode")
        output, variables = fetch(named(inside.evaluated, "FlaxNet.apply")(model, make(before), x))
        right = compare(output, evaluated, "the output of FlaxNet in eval mode")
        if compare(variables, before, "the variables after FlaxNet in eval mode", reference="they") and right:
            one = named(inside.apply, "FlaxNet.apply")(model, make(before), x[:1])
            compare(one, evaluated[:1], "the output of FlaxNet in eval mode for one row")
    fresh = flax_variables(reference.TorchNet(in_dim, hidden, output_dim))["batch_stats"]
    started = named(inside.statistics, "FlaxNet.init")(model, x)
    compare(started, fresh, "the statistics that FlaxNet's init makes", reference="a new TorchNet")


def pair(result, label):
    """Record whether `train_step` returned two values; the two handles, or
    None.
    """
    back = fetch(result)
    right = isinstance(back, tuple | list) and len(back) == 2
    count = f"{len(back)} values" if isinstance(back, tuple | list) else "one value"
    words = f"{label} gave {count}; return two."
    return (result[0], result[1]) if expect(right, f"what {label} returns", words, detail=count) else None


@pytest.mark.points(2)
def test_train_step(learner, reference, inside, make):
    """`train_step` gives PyTorch's output in train mode, and variables with the
    same params and new statistics.
    """
    label = "train_step(model, variables, x)"
    for model, twin, x in nets(inside, reference):
        variables = make(flax_variables(twin))
        output, expected = after(reference, twin, x)
        if both := pair(learner.train_step(model, variables, x), label):
            compare(both[0], output, f"the output of {label}")
            compare(both[1], expected, f"the variables of {label}")


def test_eval_step(learner, reference, inside, make):
    """`eval_step` gives PyTorch's output in eval mode: a row's output does not
    depend on the other rows.
    """
    for (model, twin, x), rows in zip(nets(inside, reference), (8, 1), strict=True):
        variables, some = make(flax_variables(twin)), x[:rows]
        with when(f"and a batch of {rows}"):
            expected = reference.torch_eval_step(twin, some)
            compare(learner.eval_step(model, variables, some), expected, "eval_step(model, variables, x)")


def test_three_steps(learner, reference, inside, make):
    """Three calls of `train_step`, each with the variables from the one before,
    give PyTorch's numbers, and so does `eval_step` after each, and with other
    params beside the same statistics.
    """
    model, twin, x = next(nets(inside, reference))
    variables, outputs = make(flax_variables(twin)), []
    for _ in range(3):
        x = batch(*x.shape)
        _, expected = after(reference, twin, x)
        variables = named(learner.train_step(model, variables, x)[1], "variables")
        outputs.append((learner.eval_step(model, variables, x), reference.torch_eval_step(twin, x)))
    compare(variables, expected, "the variables after three of train_step")
    for count, (mine, theirs) in zip(("one", "two", "three"), outputs, strict=True):
        compare(mine, theirs, f"eval_step after {count} of train_step")
    last = [layer for layer in twin.modules() if isinstance(layer, torch.nn.Linear)][-1]
    torch.nn.init.normal_(last.bias)
    with when("with other params beside the same statistics"):
        variables = named(inside.with_params(variables, make(flax_variables(twin))["params"]), "variables")
        compare(learner.eval_step(model, variables, x), reference.torch_eval_step(twin, x), "eval_step(model, variables, x)")


def test_given_unchanged(learner, reference, inside, make):
    """`train_step` does not change the variables that it is given, and
    `eval_step` changes none either.
    """
    *_, (model, twin, x) = nets(inside, reference)
    variables = make(flax_variables(twin))
    before = fetch(variables)
    for step in (learner.train_step, learner.eval_step):
        step(model, variables, x)
        if not unchanged(before, fetch(variables), "variables"):
            break


def test_jit(learner, reference, jax, inside, make):
    """`train_step` and `eval_step` give PyTorch's numbers under jax.jit too."""
    model, twin, x = next(nets(inside, reference))
    variables = make(flax_variables(twin))
    evaluated = reference.torch_eval_step(twin, x)
    trained, expected = after(reference, twin, x)
    if both := pair(jax.jit(learner.train_step, static_argnums=0)(model, variables, x), "train_step under jax.jit"):
        compare(both[0], trained, "the output of train_step under jax.jit")
        compare(both[1], expected, "the variables of train_step under jax.jit")
    compare(jax.jit(learner.eval_step, static_argnums=0)(model, variables, x), evaluated, "eval_step under jax.jit")
