"""Graded checks of 1.3 forward."""

import torch

from flaxkata.checks import compare, each, fetch, named, separate, unchanged, when

LEARNED = "a Dense kernel is a Linear weight transposed; where the sizes are equal, forgetting it raises no error."

HINTS = (
    "Linear keeps its weight as (out, in) and multiplies by the transpose; Dense keeps its kernel as (in, out) and "
    "multiplies by it as it is.",
    "`array.T` transposes, `jnp.asarray` turns a NumPy array into a JAX array, `model.apply(variables, x)` runs a model.",
    'port_mlp: for each layer {"kernel": jnp.asarray(state_dict[layer + ".weight"].T), "bias": jnp.asarray(...)}. Put the '
    'two under "fc1" and "fc2", and those under "params". forward: model.apply(variables, x).',
)

WORDS = {
    "model(x)": "model.apply(variables, x)",
    "state_dict": "variables",
    "fc1.weight": 'variables["params"]["fc1"]["kernel"]',
    "fc1.bias": 'variables["params"]["fc1"]["bias"]',
}


def numpy_state_dict(twin, order=None):
    """The state_dict as separate NumPy arrays, its entries in PyTorch's order
    or as `order` sorts them.
    """
    items = [(name, tensor.numpy().copy()) for name, tensor in twin.state_dict().items()]
    return dict(order(items) if order else items)


def right_variables(twin):
    """FlaxMLP's variables with the weights of TorchMLP."""
    state = twin.state_dict()
    layers = {n: {"kernel": state[f"{n}.weight"].T, "bias": state[f"{n}.bias"]} for n in ("fc1", "fc2")}
    return {"params": layers}


def test_port(learner, reference):
    """`port_mlp` returns the variables that FlaxMLP expects, with PyTorch's
    numbers in them, and new dicts each time.
    """
    twin = reference.TorchMLP(4, 6, 3)
    compare(learner.port_mlp(numpy_state_dict(twin)), right_variables(twin), "port_mlp(state_dict)", reference="FlaxMLP")
    names = ("one result of port_mlp(state_dict)", "the next")
    first, second = (named(learner.port_mlp(numpy_state_dict(twin)), name) for name in names)
    separate(first, second)


ARRAYS = [(layer, entry) for layer in ("fc1", "fc2") for entry in ("kernel", "bias")]


def test_forward(learner, inside, reference):
    """`forward` uses the variables that it receives, as they are in this call:
    with PyTorch's weights it gives PyTorch's numbers.
    """
    twin, other = reference.TorchMLP(4, 6, 3), reference.TorchMLP(4, 6, 3)
    model = named(learner.FlaxMLP(hidden=6, output_dim=3), "model")
    for shape in ((5, 4), (4,), (1, 4), (2, 3, 4), (0, 4)):
        x = 2 * torch.randn(shape)
        compare(
            learner.forward(model, right_variables(twin), x), twin(x), f"forward(model, variables, x) for x {shape}", given=x
        )
    with when("with other variables"):
        x = 2 * torch.randn(5, 4)
        compare(learner.forward(model, right_variables(other), x), other(x), "forward(model, variables, x)", given=x)
    variables = named(inside.kept(right_variables(twin)), "variables")
    learner.forward(model, variables, x)
    for layer in each(("fc1", "fc2"), "after the weights of {} were replaced in the same dict"):
        inside.replace(variables, layer, *right_variables(other)["params"][layer].values())
        twin.get_submodule(layer).load_state_dict(other.get_submodule(layer).state_dict())
        compare(learner.forward(model, variables, x), twin(x), "forward(model, variables, x)", given=x)
    third = reference.TorchMLP(4, 6, 3)
    for layer, entry in each(ARRAYS, "with new dicts, where the {1} of {0} is not that of the last call, and all others are"):
        new = right_variables(third)["params"][layer][entry]
        variables = named(inside.differing(variables, layer, entry, new), "variables")
        name = f"{layer}.{'weight' if entry == 'kernel' else 'bias'}"
        twin.get_parameter(name).data = third.get_parameter(name).data
        compare(learner.forward(model, variables, x), twin(x), "forward(model, variables, x)", given=x)


def test_arguments_unchanged(learner, inside, reference):
    """`port_mlp` leaves the state_dict as it is, and `forward` the variables:
    the caller uses them again.
    """
    twin = reference.TorchMLP(4, 6, 3)
    given = numpy_state_dict(twin)
    state_dict = inside.kept(given)
    learner.port_mlp(state_dict)
    unchanged(given, fetch(state_dict), "state_dict")
    given = right_variables(twin)
    variables = inside.kept(given)
    learner.forward(learner.FlaxMLP(hidden=6, output_dim=3), variables, torch.randn(5, 4))
    unchanged(given, fetch(variables), "variables")


def test_both(learner, reference):
    """`port_mlp` and `forward` together give TorchMLP's numbers."""
    for sizes in ((10, 128, 3), (4, 6, 1), (1, 5, 2)):
        in_dim, hidden, out = sizes
        twin = reference.TorchMLP(*sizes)
        model = named(learner.FlaxMLP(hidden=hidden, output_dim=out), "model")
        x = 2 * torch.randn(8, in_dim)
        variables = named(learner.port_mlp(numpy_state_dict(twin)), "variables")
        compare(learner.forward(model, variables, x), twin(x), f"a ported MLP {in_dim} -> {hidden} -> {out}", given=x)


ORDERS = {"in PyTorch's order": list, "from the last to the first": reversed, "sorted by name": sorted}


def test_square(learner, reference):
    """`port_mlp` and `forward` are right even where all sizes are the same and
    a mix-up raises no error, and for entries in any order.
    """
    twin = reference.TorchMLP(8, 8, 8)
    model = named(learner.FlaxMLP(hidden=8, output_dim=8), "model")
    x = 2 * torch.randn(16, 8)
    for order in each(ORDERS, "with all sizes 8 and the entries {}"):
        variables = named(learner.port_mlp(numpy_state_dict(twin, ORDERS[order])), "port_mlp(state_dict)")
        if compare(variables, right_variables(twin), "port_mlp(state_dict)"):
            compare(learner.forward(model, variables, x), twin(x), "forward(model, variables, x)", given=x)


def test_jit(learner, jax, reference):
    """`forward` gives the same numbers under jax.jit."""
    model = named(learner.FlaxMLP(hidden=7, output_dim=2), "model")
    jitted = jax.jit(learner.forward, static_argnums=0)
    for _ in each(("first", "second"), "in the {} call"):
        twin, x = reference.TorchMLP(4, 7, 2), torch.randn(5, 4)
        compare(jitted(model, right_variables(twin), x), twin(x), "forward under jax.jit")
