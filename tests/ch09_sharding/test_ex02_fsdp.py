"""Graded checks of 9.2 fsdp."""

import math

import pytest
import torch

from flaxkata.checks import (
    as_numpy,
    between,
    compare,
    curve,
    each,
    expect,
    fetch,
    named,
    one_of,
    preserving,
    reading,
    same_containers,
    when,
)

LEARNED = "a model is sharded by where its arrays lie: say it for params, optimizer state, activations and results."

DEVICES = 8

HINTS = (
    "fully_shard becomes a rule: from an array's shape to the axis along which it is split, or none. The optimizer's moments "
    "have the shapes of the params, so the same rule serves them; the step's results and the activations need to be told too.",
    "`NamedSharding(mesh, P(None, name))` splits the second axis, `P()` none; `mesh.size`, `mesh.axis_names`. For the "
    "optimizer state `jax.jit(tx.init, out_shardings=shardings(jax.eval_shape(tx.init, params), mesh))`. Inside the step "
    "`jax.lax.with_sharding_constraint`, with shapes that tracers have too.",
    "split_batch: jax.lax.with_sharding_constraint(batch, NamedSharding(mesh, P(*mesh.axis_names))). make_state: "
    "jax.device_put(jax.tree.map(jnp.copy, params), shardings(params, mesh)), then the optimizer state as in hint 2. "
    "make_step: jax.jit(step, donate_argnums=0), whose new state goes through "
    "jax.lax.with_sharding_constraint(state, shardings(state, mesh)).",
)

WORDS = {"torch.distributed.fsdp.fully_shard": "jax.device_put(params, shardings)", "Shard(1)": 'P(None, "data")'}

OLDER = {"jax.experimental.pjit.with_sharding_constraint": "jax.lax.with_sharding_constraint"}

MESH = "with {} devices and the mesh axis {!r}"
SIZES = ((12, 64, 6), (9, 35, 7), (16, 24, 8))  # in_dim, hidden, classes


def layer_in_flax(layer):
    return {"kernel": layer.weight.detach().T.clone(), "bias": layer.bias.detach().clone()}


def in_flax(twin):
    return {"fc1": layer_in_flax(twin.fc1), "fc2": layer_in_flax(twin.fc2), "scale": twin.scale.detach().clone()}


def mapped(function, tree):
    """A tree of tensors, or of fetched arrays, with each replaced."""
    if isinstance(tree, dict):
        return {key: mapped(function, item) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(mapped(function, item) for item in tree)
    return function(tree if isinstance(tree, torch.Tensor) else torch.from_numpy(as_numpy(tree).copy()))


def axis_of(t, devices, min_size=64):
    """The axis along which a tensor is split, or None."""
    axes = [axis for axis, length in enumerate(t.shape) if length % devices == 0]
    return min(axes, key=lambda axis: (-t.shape[axis], axis)) if axes and math.prod(t.shape) >= min_size else None


@pytest.fixture
def bytes_of(reference):
    """A function that gives, for each tensor of a tree, the bytes that each
    device holds of it in PyTorch.
    """

    def tree_of(tree, devices, rows=False):
        def held(t):
            return torch.tensor([p.nbytes for p in reference.torch_parts(t, devices, 0 if rows else axis_of(t, devices))])

        return mapped(held, tree)

    return tree_of


def on(inside, count, name):
    return named(inside.mesh(count, name), "mesh")


ARRAYS = {
    "vectors and matrices": ((64,), (24, 16), (16, 40), (13, 8)),
    "arrays of three and four axes": ((8, 32, 5), (9, 16, 11), (3, 5, 8, 16), (4, 4, 2, 64)),
    "arrays whose longest axis cannot be divided": ((27, 16), (8, 11), (5, 9, 16)),
    "squares": ((16, 16), (3, 24, 24), (8, 8, 8)),
    "arrays with lengths that only some numbers divide": ((12, 9), (7, 6), (12, 8), (10, 36)),
}


@pytest.mark.points(2)
def test_shardings(learner, inside, reference):
    """`shardings` splits each array along its longest axis that the number of
    devices divides, of equally long ones along the first.
    """
    for devices, name in each(((8, "data"), (one_of(2, 4), "fsdp")), MESH):
        mesh = on(inside, devices, name)
        for words, shapes in ARRAYS.items():
            dtype = one_of(torch.float32, torch.bfloat16, torch.int32)
            tree = {str(shape): (100 * torch.randn(shape)).to(dtype) for shape in shapes}
            places = learner.shardings(tree, mesh, one_of(1, 2, 5))
            put = reading(inside.placed, "jax.device_put with shardings(tree, mesh, min_size)")(tree, places)
            parts = {shape: reference.torch_parts(t, devices, axis_of(t, devices, 1)) for shape, t in tree.items()}
            for i, mine in enumerate(fetch(inside.parts_on(put, mesh))):
                theirs = {shape: held[i] for shape, held in parts.items()}
                if not compare(mine, theirs, f"the tree placed by shardings, {words}, on device {i}"):
                    break


@pytest.mark.points(2)
def test_whole(learner, inside, reference):
    """`shardings` leaves an array whole that has no axis to divide, or fewer
    than min_size elements, and takes shapes and dtypes alone.
    """
    shapes = {"scalar": (), "prime": (5, 7, 11), "63 elements": (63,), "64 elements": (64,), "vector": (8,)}
    shapes |= {"a row": (1, 16), "96 elements": (8, 12), "128 elements": (16, 8), "two axes": (3, 128), "five": (5, 1)}
    for devices, name, least in each(
        ((8, "x", 64), (2, "data", 97), (4, "fsdp", 128), (2, "rows", 0)), MESH + " and min_size={}"
    ):
        mesh = on(inside, devices, name)
        tree = {words: torch.randn(shape) for words, shape in shapes.items()}
        tree["64 elements in bfloat16"] = torch.randn(64).bfloat16()
        given = inside.shapes(tree) if devices == 4 else tree
        places = learner.shardings(given, mesh) if least == 64 else learner.shardings(given, mesh, min_size=least)
        put = reading(inside.placed, "jax.device_put with shardings(tree, mesh, min_size)")(given, places)
        parts = {words: reference.torch_parts(t, devices, axis_of(t, devices, least)) for words, t in tree.items()}
        expected = {words: torch.tensor([p.nbytes for p in held]) for words, held in parts.items()}
        held = fetch(inside.bytes_on(put, mesh))
        compare(held, expected, "bytes per device of the tree placed by shardings(tree, mesh, min_size)")
    with when("for a tree of a tuple and a list, without any array in the list"):
        places = learner.shardings((torch.ones(64), []), mesh)
        compare(inside.placed((torch.ones(64), []), places), (torch.ones(64), []), "the tree placed by shardings(tree, mesh)")


@pytest.fixture
def leaving(inside):
    """A function of the learner's that must leave its first argument as and
    where it is.
    """
    return lambda function, name: preserving(function, name, looks={"the number of devices": inside.devices_of})


@pytest.mark.points(2)
def test_split_batch(learner, inside, reference, leaving):
    """`split_batch` gives each device its rows, in order, for any tree of
    arrays, under jax.jit and without it, and returns the same tree.
    """
    for devices, name in each(((8, "data"), (one_of(2, 4), "rows")), MESH):
        mesh = on(inside, devices, name)
        n = one_of(1, 3) * devices
        flat = {"x": torch.randn(n, 96), "y": torch.arange(n).int(), "images": torch.randn(2 * devices, 3, 4, 2).bfloat16()}
        nested = (flat["y"], [flat["x"], {"images": flat["images"]}])
        for words, tree in {"a dict": flat, "a tuple, a list and a dict": nested, "one array": flat["x"]}.items():
            with when(f"for {words}"):
                for where in ("without jax.jit", "under jax.jit"):
                    label = f"split_batch(batch, mesh) {where}"
                    expected = tree if where == "without jax.jit" else mapped(lambda t: t + 1, tree)
                    if where == "under jax.jit":
                        batch = reading(inside.under_jit, label)(learner.split_batch, tree, mesh)
                    else:
                        batch = leaving(learner.split_batch, "batch")(tree, mesh)
                    if compare(batch, expected, label, reference="the batch"):
                        same_containers(fetch(batch), expected, label, "the batch")
                        for i, mine in enumerate(fetch(inside.parts_on(batch, mesh))):
                            theirs = mapped(lambda t: reference.torch_parts(t, devices, 0)[i], expected)  # noqa: B023
                            if not compare(mine, theirs, f"{label}, on device {i}"):
                                break


@pytest.fixture
def start(inside, reference):
    """A function that gives a twin, its params in Flax's layout, and a state
    that we have sharded.
    """

    def make(sizes, mesh, tx, devices):
        twin = reference.TorchMLP(*sizes)
        return twin, in_flax(twin), sharded(inside, in_flax(twin), tx, mesh, devices)

    return make


def sharded(inside, params, tx, mesh, devices):
    """A state as `make_state` should return it, made by us."""
    whole = {"params": params, "opt_state": fetch(inside.opt_state(tx, params))}
    axes = [axis_of(t, devices) for t in leaves(whole)]
    return named(inside.state(params, tx, mesh, [-1 if axis is None else axis for axis in axes]), "state")


def leaves(tree):
    """The tensors of a tree, in JAX's order: dicts by their sorted keys."""
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in leaves(tree[key])]
    if isinstance(tree, list | tuple):
        return [leaf for item in tree for leaf in leaves(item)]
    return [tree if isinstance(tree, torch.Tensor) else torch.from_numpy(as_numpy(tree).copy())]


@pytest.mark.points(2)
def test_activations(learner, inside, start, bytes_of):
    """Activations that go through `split_batch` keep PyTorch's numbers, and
    stay split by rows even where the params are split.
    """
    for devices, name in each(((8, "data"), (one_of(2, 4), "fsdp")), MESH):
        mesh = on(inside, devices, name)
        twin, _, state = start((12, 64, 6), mesh, inside.sgd(0.1, 0.0), devices)
        x = torch.randn(one_of(1, 2) * devices, 12)
        ask = reading(inside.activations, "the activations")
        found = ask(learner.split_batch, state["params"], inside.split(x, mesh), mesh)
        hidden = torch.tanh(twin.fc1(x))
        expected = {"hidden": hidden, "logits": twin.scale * twin.fc2(hidden)}
        if compare(found, expected, "the activations"):
            held = fetch(inside.bytes_on(found, mesh))
            compare(held, bytes_of(expected, devices, rows=True), "bytes per device of the activations")


@pytest.mark.points(2)
def test_state(learner, inside, reference, bytes_of, leaving):
    """`make_state` returns the params and tx's first state, and each device
    holds its part of both.
    """
    cases = (
        (8, "data", SIZES[0], "adamw"),
        (8, "data", (96, 16, 8), "adafactor"),  # whose arrays have other shapes than params
        (one_of(2, 4), "fsdp", SIZES[2], "sgd"),
        (4, "x", SIZES[1], "adamw"),
    )
    for devices, name, sizes, optimizer in each(cases, MESH + ", in_dim, hidden and classes {} and tx {}"):
        mesh, params = on(inside, devices, name), in_flax(reference.TorchMLP(*sizes))
        tx = named(getattr(inside, optimizer)(0.1, 0.01), "tx")
        state = named(leaving(learner.make_state, "params")(params, tx, mesh), "make_state(params, tx, mesh)")
        expected = {"params": params, "opt_state": fetch(inside.opt_state(tx, params))}
        if compare(state, expected, "make_state(params, tx, mesh)", reference="tx.init"):
            held, theirs = fetch(inside.bytes_on(state, mesh)), bytes_of(expected, devices)
            for part in ("params", "opt_state"):
                compare(held[part], theirs[part], f"bytes per device of state[{part!r}]")
    with when("for params in a tuple, and a tx without state"):
        params = (torch.randn(16, 24).bfloat16(), torch.randn(()))
        tx = named(inside.stateless(), "tx")
        state = named(leaving(learner.make_state, "params")(params, tx, mesh), "make_state(params, tx, mesh)")
        label = 'make_state(params, tx, mesh)["params"]'
        if compare(state["params"], params, label, reference="params"):
            same_containers(fetch(state["params"]), params, label, "params")
        held = fetch(inside.bytes_on(state["params"], mesh))
        compare(held, bytes_of(params, 4), 'bytes per device of make_state(params, tx, mesh)["params"]')


def test_params_kept(learner, inside, jax, reference):
    """The params that `make_state` takes can be used after a step has donated
    the state.
    """
    cases = ((8, "data", SIZES[1]), (2, "fsdp", SIZES[0]))  # of the first, no axis of a large array can be divided
    for devices, name, sizes in each(cases, MESH + " and in_dim, hidden and classes {}"):
        mesh, numbers = on(inside, devices, name), in_flax(reference.TorchMLP(*sizes))
        params = named(jax.tree.map(jax.numpy.asarray, numbers), "params")
        state = named(learner.make_state(params, inside.adamw(0.1, 0.0), mesh), "state")
        inside.give_away(state)
        lost = sum(fetch(inside.gone(params)))
        words = f"{lost} of the 5 arrays of params that make_state was given are deleted once a step has donated the state."
        if expect(not lost, "params after a step", words, lost):
            compare(params, numbers, "params after a step", reference="before, params")


ADAM, SGD = "adamw", "sgd"
TORCH = {
    "adamw": lambda params, lr, decay: torch.optim.AdamW(params, lr=lr, weight_decay=decay),
    "sgd": lambda params, lr, decay: torch.optim.SGD(params, lr=lr, momentum=0.9, weight_decay=decay),
}


def batches(sizes, rows):
    return [(torch.randn(n, sizes[0]), torch.randint(sizes[2], (n,)).int()) for n in rows]


@pytest.mark.points(2)
def test_training(learner, inside, reference, start):
    """The step that `make_step` returns trains as PyTorch does on one device,
    with any loss_fn and tx.
    """
    cases = ((8, "data", SIZES[0], ADAM, 1), (2, "fsdp", SIZES[1], SGD, 7))
    for devices, name, sizes, kind, rows in each(cases, MESH + ", in_dim, hidden and classes {}, tx {} and {} rows per device"):
        mesh, lr, decay = on(inside, devices, name), between(0.02, 0.05), between(0.1, 0.3)
        tx = named(getattr(inside, kind)(lr, decay), "tx")
        twin, _, state = start(sizes, mesh, tx, devices)
        some = batches(sizes, [devices * rows] * 4)
        step = named(learner.make_step(inside.ClassLoss(mesh), tx, mesh), "step")
        given = [inside.split(batch, mesh) for batch in some] if kind == SGD else some
        after = reading(inside.train, "training with step")(step, state, given)
        optimizer = TORCH[kind](twin.parameters(), lr, decay)
        cross_entropy = torch.nn.functional.cross_entropy
        losses = [reference.torch_step(twin, optimizer, cross_entropy, x, y.long()) for x, y in some]
        curve(after[1], losses, "the losses that step returned")
        compare(after[0]["params"], in_flax(twin), 'state["params"] after 4 steps', tolerance=1e-4)
    with when("for params in a tuple, and the mean squared error of one layer"):
        mesh, tx, twin = on(inside, 4, "data"), named(inside.adamw(0.05, 0.1), "tx"), torch.nn.Linear(16, 24)
        params = (twin.weight.detach().T.clone(), twin.bias.detach().clone())
        state, some = sharded(inside, params, tx, mesh, 4), [(torch.randn(8, 16), torch.randn(8, 24)) for _ in range(3)]
        step = named(learner.make_step(inside.LineLoss(mesh), tx, mesh), "step")
        after = reading(inside.train, "training with step")(step, state, some)
        optimizer = TORCH[ADAM](twin.parameters(), 0.05, 0.1)
        losses = [reference.torch_step(twin, optimizer, torch.nn.functional.mse_loss, x, y) for x, y in some]
        curve(after[1], losses, "the losses that step returned")
        compare(after[0]["params"], (twin.weight.T, twin.bias), 'state["params"] after 3 steps', tolerance=1e-4)


@pytest.mark.points(2)
def test_placed(learner, inside, start, bytes_of):
    """After each step, each device still holds its part of the params and of
    the optimizer state, as `shardings` says, and nothing more.
    """
    cases = ((8, "data", SIZES[2], "whole"), (one_of(2, 4), "fsdp", SIZES[2], "split"))
    for devices, name, sizes, batch in each(cases, MESH + ", in_dim, hidden and classes {}, and {} batches"):
        mesh, tx = on(inside, devices, name), named(inside.adamw(0.05, 0.1), "tx")
        _, params, state = start(sizes, mesh, tx, devices)
        expected = bytes_of({"params": params, "opt_state": fetch(inside.opt_state(tx, params))}, devices)
        put = reading(inside.placed, "jax.device_put with shardings(state, mesh)")(state, learner.shardings(state, mesh))
        compare(fetch(inside.bytes_on(put, mesh)), expected, "bytes per device of a state placed by shardings(state, mesh)")
        step = named(learner.make_step(inside.ClassLoss(mesh, free=True), tx, mesh), "step")
        given = batches(sizes, [devices * 2] * 3)
        given = [inside.split(each_batch, mesh) for each_batch in given] if batch == "split" else given
        for steps in (1, 2):
            state = reading(inside.train, "training with step")(step, state, given[:steps])[0]
            after = f"after {'one step' if steps == 1 else 'three steps'}"
            held = fetch(inside.bytes_on(state, mesh))
            words = "step(state, x, y) returned first what is not a state: it has no params and opt_state."
            if not expect(isinstance(held, dict) and expected.keys() <= held.keys(), "what step returns first", words):
                break
            agree = [compare(held[part], expected[part], f"bytes per device of state[{part!r}] {after}") for part in expected]
            if not all(agree):
                break


def test_donated(learner, inside, start):
    """The step that `make_step` returns donates the arrays of the state that it
    takes.
    """
    mesh, tx = on(inside, 4, "data"), named(inside.adamw(0.05, 0.1), "tx")
    _, _, state = start(SIZES[0], mesh, tx, 4)
    batch = inside.split(batches(SIZES[0], [8])[0], mesh)
    named(learner.make_step(inside.ClassLoss(mesh), tx, mesh), "step")(state, batch[0], batch[1])
    for part in ("params", "opt_state"):
        kept = fetch(inside.gone(state[part])).count(False)
        words = f"After step(state, x, y), {kept} arrays of the old state[{part!r}] still take up memory: not donated."
        expect(not kept, f"{part} of the old state", words, kept)


def test_traced(learner, inside, start):
    """The step that `make_step` returns traces loss_fn in the first call for
    each shape of the batches, and in no later one.
    """
    mesh, tx = on(inside, 4, "data"), named(inside.sgd(0.05, 0.1), "tx")
    _, _, state = start(SIZES[0], mesh, tx, 4)
    loss_fn = named(inside.ClassLoss(mesh), "loss_fn")
    step = named(learner.make_step(loss_fn, tx, mesh), "step")
    rows, traced = [8, 8, 4] * 2, [0]
    for batch in batches(SIZES[0], rows):
        state = reading(inside.train, "training with step")(step, state, [inside.split(batch, mesh)])[0]
        traced.append(fetch(loss_fn.traced))
    run = fetch(loss_fn.run)
    again = traced[-1] + run - (traced[1] + traced[3] - traced[2])  # but for the first call with either shape
    words = f"In {len(rows)} steps with batches of two shapes, Python ran loss_fn {traced[-1] + run} times, {again} of them in "
    words += "steps whose batch had a shape from before; a compiled step runs it for a new shape alone."
    expect(not again and not run, "how often the step runs loss_fn", words, [traced[-1], run])


def test_together(learner, inside, reference, bytes_of):
    """`make_state`, `make_step` and `split_batch` train the given `loss_fn`
    together, with PyTorch's losses.
    """
    mesh, tx, twin = on(inside, 8, "data"), named(inside.adamw(0.03, 0.2), "tx"), reference.TorchMLP(*SIZES[0])
    params, some = in_flax(twin), batches(SIZES[0], [16] * 4)
    state = named(learner.make_state(params, tx, mesh), "state")
    step = named(learner.make_step(inside.with_mesh(learner.loss_fn, mesh), tx, mesh), "step")
    given = [named(learner.split_batch(batch, mesh), "batch") for batch in some]
    after = reading(inside.train, "training with step")(step, state, given)
    optimizer = TORCH[ADAM](twin.parameters(), 0.03, 0.2)
    losses = [reference.torch_step(twin, optimizer, torch.nn.functional.cross_entropy, x, y.long()) for x, y in some]
    curve(after[1], losses, "the losses that step returned")
    expected = bytes_of({"params": params, "opt_state": fetch(inside.opt_state(tx, params))}, 8)
    compare(fetch(inside.bytes_on(after[0], mesh)), expected, "bytes per device of state after 4 steps")
