"""The claims in the texts of 7.4, measured."""

import copy
from functools import partial

import jax
import jax.numpy as jnp
import optax
import pytest
import torch
from flax import nnx
from flax.training.train_state import TrainState

torch.set_num_threads(1)
X, Y = jnp.arange(8.0).reshape(4, 2), jnp.ones((4, 3))


class Net(nnx.Module):
    def __init__(self, rngs):
        self.fc1 = nnx.Linear(2, 4, rngs=rngs)
        self.bn = nnx.BatchNorm(4, rngs=rngs)
        self.gate = nnx.Param(jnp.ones(4))
        self.fc10 = nnx.Linear(4, 3, rngs=rngs)

    def __call__(self, x):
        return self.fc10(self.bn(self.fc1(x)) * self.gate)


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def without(name):
    return lambda path, variable: isinstance(variable, nnx.Param) and path[0] != name


@pytest.fixture
def model():
    return Net(nnx.Rngs(0))


def numbers(model):
    return nnx.to_pure_dict(nnx.state(model, nnx.Param))


def same(a, b):
    return jax.tree.all(jax.tree.map(lambda p, q: bool((p == q).all()), a, b))


def test_linens_state():
    """A TrainState's `apply_gradients` returns the next; it has no batch_stats
    of its own.
    """
    state = TrainState.create(apply_fn=None, params={"w": jnp.ones(2)}, tx=optax.sgd(0.1))
    after = state.apply_gradients(grads={"w": jnp.ones(2)})
    assert state.params["w"][0] == 1 and after.params["w"][0] == pytest.approx(0.9)
    assert not hasattr(state, "batch_stats")


def test_a_filter_sees_names_and_variables(model):
    seen = {}

    def look(path, variable):
        seen[path] = variable
        return isinstance(variable, nnx.Param)

    nnx.state(model, look)
    assert isinstance(seen["fc1", "kernel"], nnx.Param) and isinstance(seen["bn", "mean"], nnx.BatchStat)
    assert ("gate",) in seen


def test_update_takes_what_wrt_selects(model):
    """Even if `grads` has more; and with DiffState there is no more."""
    optimizer = nnx.Optimizer(model, optax.adamw(0.1), wrt=without("fc1"))
    before = numbers(copy.deepcopy(model))
    everything = nnx.grad(mse)(model, X, Y)
    some = nnx.grad(mse, argnums=nnx.DiffState(0, optimizer.wrt))(model, X, Y)
    assert "fc1" in everything and "fc1" not in some
    optimizer.update(model, everything)
    after = numbers(model)
    assert same(before["fc1"], after["fc1"]) and not same(before["fc10"], after["fc10"])


def test_a_mask_is_called_twice(model):
    """With paths that end in `.value` as the optimizer is made, and in `update`
    not; map_state gives those of a filter both times.
    """
    ends, named = [], []

    def mask(params):
        paths = [path for path, _ in jax.tree_util.tree_leaves_with_path(params)]
        ends.append({jax.tree_util.keystr(path[-1:]) for path in paths})
        named.append(set())
        return nnx.map_state(lambda path, _: (named[-1].add(path), True)[1], params)

    optimizer = nnx.Optimizer(model, optax.adamw(0.1, mask=mask), wrt=nnx.Param)
    optimizer.update(model, nnx.grad(mse)(model, X, Y))
    assert ends[0] == {".value"} and ".value" not in ends[1] and len(ends) == 2
    assert named[0] == named[1] and ("fc1", "kernel") in named[0]


def test_paths_of_a_tree(model):
    """What the mistake says."""
    with pytest.raises(AttributeError, match="key"):
        jax.tree_util.tree_map_with_path(lambda path, _: path[-1].key, nnx.state(model, nnx.Param))


def test_clones_and_donation(model, capfd):
    """A clone has the same arrays in boxes of its own, and donating both raises
    an error; with arrays=True it has copies.
    """

    @partial(nnx.jit, donate_argnums=(0, 1))
    def step(one, other):
        nnx.update(one, jax.tree.map(lambda p: 2 * p, nnx.state(one)))
        nnx.update(other, jax.tree.map(lambda p: 2 * p, nnx.state(other)))

    shared, apart = nnx.clone(model), nnx.clone(model, arrays=True)
    assert shared.gate is not model.gate and shared.gate.get_value() is model.gate.get_value()
    assert apart.gate.get_value() is not model.gate.get_value()
    with pytest.raises(Exception, match="donate the same buffer twice"):
        step(nnx.state(model, nnx.Param), nnx.state(shared, nnx.Param))
    model = Net(nnx.Rngs(0))
    old, other = model.gate.get_value(), nnx.clone(model, arrays=True)
    step(nnx.state(model, nnx.Param), nnx.state(other, nnx.Param))
    assert old.is_deleted()


def test_update_shares_arrays(model):
    """It puts those that it is given into the boxes: a step that donates the
    model's takes the other's away, and jnp.copy keeps them apart.
    """
    shared, apart = nnx.clone(model, arrays=True), nnx.clone(model, arrays=True)
    nnx.update(shared, nnx.state(model, nnx.BatchStat))
    nnx.update(apart, jax.tree.map(jnp.copy, nnx.state(model, nnx.BatchStat)))
    assert shared.bn.mean is not model.bn.mean and shared.bn.mean.get_value() is model.bn.mean.get_value()

    @partial(nnx.jit, donate_argnums=0)
    def step(model):
        nnx.update(model, jax.tree.map(lambda s: 2 * s, nnx.state(model, nnx.BatchStat)))

    step(model)
    assert shared.bn.mean.get_value().is_deleted() and not apart.bn.mean.get_value().is_deleted()


def test_params_of_a_subclass(model):
    """nnx.Param as a filter takes them."""
    model.gain = nnx.LoRAParam(jnp.ones(4))
    assert "gain" in nnx.state(model, nnx.Param) and type(model.gain) is not nnx.Param


def test_a_name_anywhere_in_a_path(model):
    """PathContains finds it in any part."""
    outer = nnx.List([model])
    assert nnx.state(outer, nnx.PathContains("fc1")) and not nnx.state(outer, lambda path, _: path[0] == "fc1")


def test_statistics_of_what_is_frozen():
    """They move, in PyTorch."""
    norm = torch.nn.BatchNorm1d(3).requires_grad_(False)
    norm(torch.rand(8, 3))
    assert norm.running_mean.all()


def test_jax_jit_changes_copies(model):
    """What changes in a Module is lost without nnx.jit."""
    before = model.bn.mean[...]
    jax.jit(lambda model: model(X).sum())(model)
    assert jnp.array_equal(before, model.bn.mean[...])
    nnx.jit(lambda model: model(X).sum())(model)
    assert not jnp.array_equal(before, model.bn.mean[...])


def test_a_warning_of_donated_arrays():
    """Of those that have the shape of no result; on a CPU they stay."""
    x = jnp.ones((7, 4))
    with pytest.warns(UserWarning, match=r"donated buffers were not usable: .*float32\[7,4\]"):
        jax.jit(jnp.sum, donate_argnums=0)(x)
    assert not x.is_deleted() or jax.default_backend() != "cpu"


def test_averaged_models_buffers():
    """AveragedModel begins with a copy, averages parameters, and copies
    buffers.
    """
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    average = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9))
    average.update_parameters(net)
    old = net[0].weight.detach().clone()
    with torch.no_grad():
        net[0].weight += 1
        net[1].running_mean += 1
    average.update_parameters(net)
    torch.testing.assert_close(average.module[0].weight, old + 0.1)
    assert torch.equal(average.module[1].running_mean, net[1].running_mean)


def test_flax_keeps_the_biased_variance():
    """And PyTorch the other; what both normalize with is the biased one."""
    x = torch.randn(8, 4)
    theirs, mine = torch.nn.BatchNorm1d(4), nnx.BatchNorm(4, momentum=0.9, rngs=nnx.Rngs(0))
    y = theirs(x).detach()
    assert jnp.allclose(mine(jnp.asarray(x.numpy())), y.numpy(), atol=1e-5)
    biased = 0.9 + 0.1 * x.var(0, correction=0)
    assert jnp.allclose(mine.var[...], biased.numpy(), atol=1e-5)
    torch.testing.assert_close(theirs.running_var, 0.9 + 0.1 * x.var(0, correction=1))


def test_view_needs_a_mode():
    with pytest.raises(ValueError, match="deterministic"):
        nnx.view(nnx.Linear(2, 3, rngs=nnx.Rngs(0)), deterministic=True, use_running_average=True)


def test_the_order_of_arguments(model):
    """optax's order raises no error, and does not train."""
    optimizer = nnx.Optimizer(model, optax.adamw(0.1), wrt=nnx.Param)
    before = numbers(copy.deepcopy(model))
    optimizer.update(nnx.grad(mse)(model, X, Y), model)
    assert same(before, numbers(model))


def test_decay_is_a_traced_argument():
    """A new number is no reason to compile again, and a static one is."""
    calls = []

    @nnx.jit
    def traced(decay):
        calls.append(1)
        return decay * 2

    @partial(nnx.jit, static_argnums=0)
    def static(decay):
        calls.append(1)
        return jnp.float32(decay)

    traced(0.9), traced(0.8)
    assert len(calls) == 1
    static(0.9), static(0.8)
    assert len(calls) == 3


def test_decays_by_default():
    """optax's is 1e-4, and PyTorch's AdamW has 1e-2."""
    import inspect

    assert inspect.signature(optax.adamw).parameters["weight_decay"].default == 1e-4
    assert torch.optim.AdamW([torch.zeros(1)]).defaults["weight_decay"] == 1e-2
