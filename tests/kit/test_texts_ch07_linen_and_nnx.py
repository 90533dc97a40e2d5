"""Measures what the texts of 7.3 say of Linen, NNX and the bridge."""

import ast
import importlib.util

import fresh
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import nnx
from flax.errors import ApplyScopeInvalidVariablesTypeError, ModifyScopeVariableError

from flaxkata import catalog

torch.set_num_threads(1)

X = jnp.asarray(np.random.default_rng(0).normal(size=(8, 4)), jnp.float32)
KEYS = {"params": jax.random.key(0), "dropout": jax.random.key(1)}


@pytest.fixture(scope="module")
def ours():
    """Our answer as a module."""
    (exercise,) = catalog.select(fresh.ROOT, ["7.3"])
    spec = importlib.util.spec_from_file_location("solution_7_3", exercise.solution)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def linen(ours):
    return ours.LinenNet(hidden=6, output_dim=3)


@pytest.fixture(scope="module")
def variables(linen):
    """LinenNet's variables, none of which is 0 or 1."""
    made = linen.init(jax.random.key(0), X)
    return jax.tree.map(lambda a: a + 0.25 + 0.01 * jnp.arange(a.size).reshape(a.shape), made)


def test_what_corresponds(ours, variables):
    """The kinds and the names; States for each kind; dicts of arrays where
    States are taken, and several of them.
    """
    model = ours.NNXNet(4, 6, 3, nnx.Rngs(0))
    graphdef, params, stats, rest = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    assert isinstance(params, nnx.State) and isinstance(params["fc1"]["kernel"], nnx.Variable)
    for state, collection in ((params, "params"), (stats, "batch_stats")):
        pure = nnx.to_pure_dict(state)
        assert type(pure["bn"]) is dict
        assert jax.tree.map(jnp.shape, pure) == jax.tree.map(jnp.shape, variables[collection])
    assert set(rest) == {"dropout"}
    merged = nnx.merge(graphdef, variables["params"], variables["batch_stats"], rest)
    assert isinstance(merged.fc1.kernel, nnx.Param) and isinstance(merged.bn.mean, nnx.BatchStat)
    nnx.update(model, variables["params"], variables["batch_stats"])
    assert (merged(X) == model(X)).all() and (model.bn.mean[...] == variables["batch_stats"]["bn"]["mean"]).all()


def test_one_dict_for_both_loses_one(ours, variables):
    """{**params, **batch_stats} keeps one "bn"; that scale and bias are lost is
    not noticed.
    """
    both = {**variables["params"], **variables["batch_stats"]}
    assert set(both["bn"]) == {"mean", "var"}
    model = ours.NNXNet(4, 6, 3, nnx.Rngs(0))
    nnx.update(model, both)
    assert (model.bn.scale[...] == 1).all() and not (variables["params"]["bn"]["scale"] == 1).any()


def test_linen_refuses_states(ours, linen):
    state = nnx.state(ours.NNXNet(4, 6, 3, nnx.Rngs(0)), nnx.Param)
    with pytest.raises(ApplyScopeInvalidVariablesTypeError):
        linen.apply({"params": state}, X)


def test_to_nnx(linen):
    """No weights before it has seen an input, then a dict of Variables per
    layer; the call sets the mode.
    """
    wrapped = nnx.bridge.ToNNX(linen, rngs=nnx.Rngs(0))
    assert not jax.tree.leaves(nnx.state(wrapped, nnx.Param))
    nnx.bridge.lazy_init(wrapped, X)
    assert isinstance(wrapped.fc1, dict) and isinstance(wrapped.fc1["kernel"], nnx.Param)
    with pytest.raises(ModifyScopeVariableError):
        wrapped(X, train=True)
    wrapped.eval()
    before = np.array(wrapped.bn["mean"][...])
    wrapped(X, train=True, mutable=["batch_stats"])
    assert (wrapped.bn["mean"][...] != before).all()


def test_to_linen(ours, linen, variables):
    """init needs a key for Dropout; what variables lack is initialized again;
    statistics that may not change are dropped.
    """
    model = nnx.bridge.to_linen(ours.NNXNet, 4, 6, 3)
    with pytest.raises(KeyError, match="dropout"):
        model.init(jax.random.key(0), X)
    assert set(model.init(KEYS, X)) == {"params", "batch_stats"}
    model.apply({"params": {"fc1": variables["params"]["fc1"]}}, X)
    model.apply(variables, X, train=True)
    with pytest.raises(ModifyScopeVariableError):
        linen.apply(variables, X, train=True, rngs={"dropout": jax.random.key(0)})


def test_the_copies_of_the_networks():
    """The checks' LinenNet and NNXNet are the ones that are shown."""
    (exercise,) = catalog.select(fresh.ROOT, ["7.3"])
    bodies = []
    for path in (exercise.solution, exercise.inside):
        found = [n for n in ast.parse(path.read_text("utf-8")).body if getattr(n, "name", "") in ("LinenNet", "NNXNet")]
        bodies.append([ast.dump(node) for network in found for node in network.body[1:]])
    assert len(found) == 2 and bodies[0] == bodies[1]
