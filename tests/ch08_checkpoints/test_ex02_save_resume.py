"""Graded checks of 8.2 save_resume, each in an empty folder.

The run draws dropout's masks in JAX, and PyTorch trains with the same masks.
"""

import contextlib
import io

import pytest
import torch

from flaxkata.checks import ExecutionError, compare, curve, expect, fetch, named, reading, unchanged, when

LEARNED = "a run is one tree: params, optimizer state, step and key; a template restores its containers."

HINTS = (
    "Think of the dict that you give to torch.save: everything that the next step reads must be in it. load_state_dict is "
    "called on objects that the new program has made; the template stands for those objects.",
    "`flax.serialization.to_bytes` and `from_bytes`; `jax.random.key_data` and `jax.random.wrap_key_data` for the key; "
    "`jax.tree.map(jnp.asarray, tree)`; `jax.tree.map(jnp.shape, tree)` for the shapes of both trees, to compare with !=.",
    'save: to_bytes({**state, "key": jax.random.key_data(state["key"])}), written with open(path, "wb"). restore: the same '
    "with the key of template; raise ValueError if the shapes of msgpack_restore(data) and of to_state_dict(template) "
    "differ; from_bytes(template, data), jnp.asarray on each leaf, wrap_key_data on the key.",
)

WORDS = {
    "torch.save": "flax.serialization.to_bytes",
    "torch.load": "flax.serialization.msgpack_restore",
    "load_state_dict": "flax.serialization.from_bytes",
    "torch.get_rng_state": "jax.random.key_data",
    "torch.set_rng_state": "jax.random.wrap_key_data",
}

OLDER = {"flax.training.checkpoints": "flax.serialization"}
STEPS = 10  # before the run stops, and again after it


def weights(twin):
    """TorchMLP's weights as the run's params."""
    layers = {"fc1": twin.fc1, "fc2": twin.fc2}
    return {n: {"kernel": m.weight.detach().T.clone(), "bias": m.bias.detach().clone()} for n, m in layers.items()}


@pytest.fixture
def data():
    """Seven batches, fewer than steps: (x, y)."""
    x = torch.randn(7, 16, 4)
    return x, x @ torch.randn(4, 3)


@pytest.fixture
def folder(inside):
    """The learner's working directory is an empty folder."""
    inside.enter()
    yield
    with contextlib.suppress(ExecutionError):  # if its process is gone, nobody needs the folder
        inside.leave()


@pytest.fixture
def twin(reference):
    return reference.TorchMLP(4, 8, 3)


@pytest.fixture
def begun(inside, twin, data):
    """A state after ten steps, different from a fresh one everywhere."""
    return named(inside.train(inside.start(weights(twin), 0), *data, STEPS)[0], "state")


@pytest.fixture
def template(inside, reference):
    """The state of a program that has just started, with other weights and
    another key.
    """
    return named(inside.start(weights(reference.TorchMLP(4, 8, 3)), 1), "template")


def same(inside, mine, state, label):
    """Record whether a state equals another to the last bit, entry by entry,
    including dtypes and the kind of its key.
    """
    found, given = fetch(mine), fetch(state)
    if not isinstance(found, dict) or found.keys() != given.keys():
        compare(mine, given, label, reference="what was saved")
        return
    right = [
        compare(mine[name], given[name], f"{label}[{name!r}]", tolerance=0, reference="what was saved")
        for name in ("params", "opt_state", "step", "key")
    ]
    if all(right):
        same_dtypes(fetch(inside.dtypes(mine)), fetch(inside.dtypes(state)), label, "the state given to `save` now has")


def same_dtypes(mine, theirs, label, verb):
    """Record whether two states have the same dtypes; a key has one of its own,
    and its numbers are uint32.
    """
    other = [path for path in theirs if mine.get(path) != theirs[path]]
    where = other[0] if other else ""
    words = f"{label}{where} has dtype {mine.get(where)}; {verb} {theirs.get(where)}."
    expect(not other, f"the dtypes of {label}", words, detail=f"{other} {mine.get(where)}")


@pytest.mark.points(2)
def test_back(learner, inside, folder, begun, template):
    """`restore` returns what `save` was given: every number, and the key as a
    key.
    """
    learner.save("checkpoint", begun)
    same(inside, learner.restore("checkpoint", template), begun, "restore('checkpoint', template)")


@pytest.mark.points(2)
def test_resume(learner, inside, reference, folder, twin, data, template):
    """Ten steps, `save`, `restore` and ten more steps equal a run of twenty, in
    PyTorch and in JAX.
    """
    begin = inside.start(weights(twin), 0)
    whole = inside.train(begin, *data, 2 * STEPS)
    half = inside.train(begin, *data, STEPS)
    learner.save("checkpoint", half[0])
    restored = learner.restore("checkpoint", template)
    rest = reading(inside.train, "a training step from what restore returned")(restored, *data, STEPS)

    masks = [torch.from_numpy(mask.value.copy()) for mask in fetch(whole[2])]
    run, file = reference.TorchRun(twin), io.BytesIO()
    theirs = run.train(*data, masks[:STEPS])
    reference.torch_save(file, run)
    file.seek(0)
    run = reference.TorchRun(reference.TorchMLP(4, 8, 3))
    reference.torch_restore(file, run)
    theirs += run.train(*data, masks[STEPS:])

    curve([*fetch(half[1]), *fetch(rest[1])], theirs, f"losses of a run with save and restore after {STEPS} steps")
    label = "the state after 10 steps, restore, and 10 more"
    compare(rest[0], fetch(whole[0]), label, tolerance=0, reference="a run of 20 steps")


def test_dtypes(learner, inside, folder, twin, reference):
    """`save` and `restore` keep bfloat16 and all other dtypes, every number to
    the last bit, and whatever state an optimizer has.
    """
    kinds = {
        "with bfloat16": inside.half_precision,
        "with integers of many dtypes, floats, bool, a layer called blocks.10 and an optimizer that has no state": inside.mixed,
        "of clipped SGD with momentum": inside.with_momentum,
    }
    for i, (which, make) in enumerate(kinds.items()):
        with when(f"for a state {which}"):
            state = named(make(weights(twin), 2), "state")
            template = named(make(weights(reference.TorchMLP(4, 8, 3)), 3), "template")
            learner.save(f"run.{i}", state)
            same(inside, learner.restore(f"run.{i}", template), state, f"restore('run.{i}', template)")


def test_over(learner, inside, folder, twin, begun, template):
    """A second `save` to the same path overwrites the first, whatever its
    layers, and no other path; all of it is in files that can be moved.
    """
    layers = weights(twin)
    early = named(inside.start(layers, 0), "state")
    deeper = named(inside.start(layers | {"fc3": layers["fc2"]}, 0), "state")
    learner.save("checkpoint", early)
    learner.save("checkpoint", begun)
    for other in ("run.10", "run.tmp"):  # "run.1" with a digit more, and with a suffix of temporary files
        learner.save(other, early)
    learner.save("run.1", begun)
    with when("after two saves to one path"):
        same(inside, learner.restore("checkpoint", template), begun, "restore('checkpoint', template)")
    for other in ("run.10", "run.tmp"):
        with when(f"after a save to {other!r} and one to 'run.1'"):
            same(inside, learner.restore(other, template), early, f"restore({other!r}, template)")
    inside.copy_folder()
    learner.save("checkpoint", early)
    learner.save("run.1", named(inside.half_precision(layers, 0), "state"))
    inside.go_to_copy()
    with when("in a copy of the folder that was made before a third save"):
        same(inside, learner.restore("checkpoint", template), begun, "restore('checkpoint', template)")
    with when("in a copy of the folder that was made before a save of a different structure"):
        same(inside, learner.restore("run.1", template), begun, "restore('run.1', template)")
    learner.save("layers", deeper)
    learner.save("layers", begun)
    with when("after a save of a state with the layer fc3, and one without it to the same path"):
        same(inside, learner.restore("layers", template), begun, "restore('layers', template)")


def test_other_model(learner, inside, reference, folder, begun):
    """`restore` raises an error if the template has other layers or shapes than
    the state that `save` was given.
    """
    learner.save("checkpoint", begun)
    params = weights(reference.TorchMLP(4, 8, 3))
    wider = weights(reference.TorchMLP(4, 9, 3))
    others = {
        "with 9 hidden units where 8 were saved": wider,
        "with a layer fc3 that was not saved": params | {"fc3": params["fc2"]},
        "with a layer called out where fc2 was saved": {"fc1": params["fc1"], "out": params["fc2"]},
        "without the layer fc2 that was saved": {"fc1": params["fc1"]},
        "without fc2's bias, which was saved": params | {"fc2": {"kernel": params["fc2"]["kernel"]}},
        "with a kernel of shape (8, 4) where (4, 8) was saved": params
        | {"fc1": params["fc1"] | {"kernel": params["fc1"]["kernel"].T.contiguous()}},
        "with a bias of shape (1, 8) where (8,) was saved": params
        | {"fc1": params["fc1"] | {"bias": params["fc1"]["bias"][None]}},
        "with a bias of shape (8, 1) where (8,) was saved": params
        | {"fc1": params["fc1"] | {"bias": params["fc1"]["bias"][:, None]}},
        "whose opt_state alone has 9 hidden units where 8 were saved": (params, wider),
        "whose opt_state alone has no fc2, which was saved": (params, {"fc1": params["fc1"]}),
    }
    for which, other in others.items():
        other, moments = other if isinstance(other, tuple) else (other, other)
        raised = fetch(inside.refuses(learner.restore, "checkpoint", inside.start(other, 1, moments)))
        expect(raised, f"restore with a template {which}", f"`restore` raised no error for a template {which}.")


def test_given_unchanged(learner, inside, folder, begun, template):
    """`save` leaves its `state` as it was, and `restore` its `template`,
    including the keys.
    """
    given = {"state": begun, "template": template}
    before = {name: (fetch(tree), fetch(inside.dtypes(tree))) for name, tree in given.items()}
    learner.save("checkpoint", begun)
    learner.restore("checkpoint", template)
    for name, tree in given.items():
        if unchanged(before[name][0], fetch(tree), name):
            same_dtypes(fetch(inside.dtypes(tree)), before[name][1], name, "when given it had")
