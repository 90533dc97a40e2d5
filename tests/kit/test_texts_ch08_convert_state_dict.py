"""The claims in the texts of 8.1, measured."""

import ast
import importlib.util
import re

import fresh
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax.traverse_util import flatten_dict, unflatten_dict

from flaxkata import catalog

torch.set_num_threads(1)
(EXERCISE,) = catalog.select(fresh.ROOT, ["8.1"])
SIZES = (11, 5, 6, 12)
IDS = np.zeros((1, 4), np.int32)


@pytest.fixture(scope="module")
def ours():
    """Our answer as a module, with both of its sections."""
    spec = importlib.util.spec_from_file_location("solution_8_1", EXERCISE.solution)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def twin(ours):
    torch.manual_seed(0)
    return ours.TorchNet(*SIZES).eval()


@pytest.fixture(scope="module")
def target(ours):
    """FlaxNet's variables, all zero."""
    specs = jax.eval_shape(ours.FlaxNet(*SIZES).init, jax.random.key(0), IDS)
    return jax.tree.map(lambda spec: jnp.asarray(np.zeros(spec.shape, spec.dtype)), specs)


def numpy_state_dict(twin):
    return {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}


def test_the_table(ours, twin, target):
    """Paths, names, and what is done to the array; the table has every kind of
    leaf, and every bias has one name.
    """
    rows = re.findall(
        r"^ +((?:params|batch_stats)/\S+) +(\S+) +(the same|all axes reversed|transposed)", EXERCISE.text, re.MULTILINE
    )
    wanted, given = flatten_dict(target, sep="/"), numpy_state_dict(twin)
    mine = flatten_dict(ours.convert(given, target), sep="/")
    for path, name, what in rows:
        assert path in wanted and ours.torch_name(path) == name
        array = given[name]
        right = {
            "the same": array,
            "all axes reversed": np.einsum("oiw->wio", array) if array.ndim == 3 else None,
            "transposed": array.T,
        }[what]
        np.testing.assert_array_equal(mine[path], right)
    assert {path.split("/")[-1] for path, _, _ in rows} | {"bias"} == {path.split("/")[-1] for path in wanted}
    assert all(ours.torch_name(path).endswith(".bias") for path in wanted if path.endswith("/bias"))
    assert unflatten_dict(wanted, sep="/").keys() == target.keys()


def test_the_order_of_keys():
    """What has been through jax.jit has them sorted as text; PyTorch's order is
    that of the numbers.
    """
    layers = {f"blocks_{i}": jnp.ones(2) for i in range(12)}
    assert list(jax.jit(lambda tree: tree)(layers)) == sorted(layers)
    assert sorted(layers)[:5] == ["blocks_0", "blocks_1", "blocks_10", "blocks_11", "blocks_2"]


def test_the_two_without_a_path(ours, twin, target):
    """The head is the table once more; the counter enters no number; `attend`
    multiplies with the table.
    """
    state = {name: tensor.clone() for name, tensor in twin.state_dict().items()}
    left = set(state) - set(map(ours.torch_name, flatten_dict(target, sep="/")))
    assert left == {"bn.num_batches_tracked", "head.weight"}
    assert twin.head.weight is twin.embed.weight and torch.equal(state["head.weight"], state["embed.weight"])
    ids = torch.randint(11, (2, 7))
    outputs = []
    for count in (0, 1000):
        twin.load_state_dict(state | {"bn.num_batches_tracked": torch.tensor(count)})
        outputs += [twin.eval()(ids), twin.train()(ids)]
    assert torch.equal(outputs[0], outputs[2]) and torch.equal(outputs[1], outputs[3])
    embed, x = ours.nn.Embed(11, 5), jnp.ones((2, 5))
    table = jnp.asarray(twin.embed.weight.detach().numpy())
    mine = embed.apply({"params": {"embedding": table}}, x, method="attend")
    np.testing.assert_allclose(mine, x @ table.T, rtol=1e-5)


def test_who_says_what(ours, twin, target):
    """load_state_dict says all three; `apply` says nothing of more; an audit
    nothing of a square kernel.
    """
    state = twin.state_dict()
    bad = state | {"more": torch.zeros(1), "proj.weight": torch.zeros(2, 2)}
    del bad["embed.weight"]
    with pytest.raises(RuntimeError, match=r"(?s)Missing key.*Unexpected key.*size mismatch"):
        twin.load_state_dict(bad)
    variables = ours.convert(numpy_state_dict(twin), target)
    more = {**variables, "params": {**variables["params"], "more": {"kernel": jnp.ones(1)}}}
    model = ours.FlaxNet(*SIZES)
    run = jax.jit(model.apply)
    right = run(variables, IDS)
    np.testing.assert_array_equal(run(more, IDS), right)
    turned = numpy_state_dict(twin)
    turned["blocks.3.weight"] = turned["blocks.3.weight"].T
    assert ours.audit(turned, target) == ([], [], [])
    assert abs(run(ours.convert(turned, target), IDS) - right).max() > 1e-3


def test_the_copy_of_the_network():
    """The checks' FlaxNet is the one that is shown."""
    bodies = []
    for path in (EXERCISE.solution, EXERCISE.inside):
        (found,) = [n for n in ast.parse(path.read_text("utf-8")).body if getattr(n, "name", "") == "FlaxNet"]
        bodies.append([ast.dump(node) for node in found.body[1:]])
    assert bodies[0] == bodies[1]


def test_the_claims_of_mistakes():
    """`.T` of a NumPy array is a view; it has no `.at`; `jnp.asarray`
    copies.
    """
    array = np.ones((2, 3), np.float32)
    copy = jnp.asarray(array.T)
    assert np.shares_memory(array.T, array) and not hasattr(array, "at")
    array[:] = 5
    assert (copy == 1).all()
