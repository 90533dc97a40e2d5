"""Measures what the texts of 7.2 say of copies and modes in NNX."""

import copy

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import nnx

torch.set_num_threads(1)


class Net(nnx.Module):
    def __init__(self):
        self.fc1 = nnx.Linear(2, 2, rngs=nnx.Rngs(0))
        self.bn = nnx.BatchNorm(2, rngs=nnx.Rngs(0))
        self.dropout = nnx.Dropout(0.5, rngs=nnx.Rngs(0))
        self.training = True


def modes(model):
    return model.dropout.deterministic, model.bn.use_running_average, model.training


def test_what_shares_the_boxes():
    """The two lists: what follows a later write, and what does not."""
    shares = {
        "copy.copy": copy.copy,
        "merge of split": lambda m: nnx.merge(*nnx.split(m)),
        "state": nnx.state,
        "view": nnx.view,
        "deepcopy": copy.deepcopy,
        "clone": nnx.clone,
        "to_pure_dict": lambda m: nnx.to_pure_dict(nnx.state(m)),
    }
    follow = {}
    for name, make in shares.items():
        model = Net()
        made = make(model)
        model.fc1.bias[...] = jnp.full(2, 7.0)
        layer = made.fc1 if isinstance(made, nnx.Module) else made["fc1"]
        bias = layer.bias if isinstance(layer, nnx.Module) else layer["bias"]
        follow[name] = bool((bias[...] == 7).all())
    assert follow == dict(zip(shares, [True] * 4 + [False] * 3, strict=True))

    linear = torch.nn.Linear(2, 2)
    state = linear.state_dict()
    with torch.no_grad():
        linear.bias.fill_(7.0)
    assert (state["bias"] == 7).all()


def test_kinds():
    """Weights, statistics and generators are Variables; a kind, a tuple of
    kinds, and none.
    """
    model = Net()
    paths = {path: type(variable) for path, variable in nnx.to_flat_state(nnx.state(model))}
    assert all(issubclass(kind, nnx.Variable) for kind in paths.values())
    assert issubclass(paths["fc1", "kernel"], nnx.Param) and issubclass(paths["bn", "mean"], nnx.BatchStat)
    assert {path[0] for path in paths if issubclass(paths[path], nnx.RngState)} == {"dropout"}
    assert set(nnx.state(model, nnx.Param)) == {"fc1", "bn"} and set(nnx.state(model, nnx.Param)["bn"]) == {"scale", "bias"}
    assert set(nnx.state(model, (nnx.Param, nnx.BatchStat))["bn"]) == {"scale", "bias", "mean", "var"}
    assert isinstance(jax.tree.map(np.asarray, nnx.state(model, nnx.Param))["fc1"]["bias"].get_value(), np.ndarray)


def test_shared_arrays():
    """A clone has the same arrays, which donating destroys; with arrays=True it
    has its own.
    """
    donate = jax.jit(lambda a: a + 1, donate_argnums=0)
    for own in (False, True):
        model = nnx.Linear(2, 2, rngs=nnx.Rngs(0))
        other = nnx.clone(model, arrays=own)
        assert (other.kernel.get_value() is model.kernel.get_value()) != own
        donate(model.kernel.get_value())
        assert model.kernel.get_value().is_deleted() and other.kernel.get_value().is_deleted() != own


def test_modes():
    """A module begins in train mode; a copy has its model's mode; eval()
    returns None and sets two names; a view leaves the module alone.
    """
    model = Net()
    assert modes(model) == (False, False, True)
    view = nnx.view(model, deterministic=True, use_running_average=True)
    assert (modes(view), modes(model)) == ((True, True, True), (False, False, True))
    assert view.fc1.kernel is model.fc1.kernel
    assert model.eval() is None
    assert modes(model) == (True, True, True)
    for copied in (copy.copy(model), nnx.merge(*nnx.split(model)), copy.deepcopy(model), nnx.clone(model)):
        assert modes(copied) == (True, True, True)
    linear = torch.nn.Linear(2, 2)
    assert linear.eval() is linear


def test_attention_has_a_mode():
    """It drops weights itself, and both ways set its `deterministic`, which is
    None by default.
    """
    layer, x = nnx.MultiHeadAttention(1, 4, dropout_rate=0.5, decode=False, rngs=nnx.Rngs(0)), jnp.eye(4)
    assert layer.deterministic is None
    layer.train()
    assert layer.deterministic is False and (layer(x) != layer(x)).any()
    view = nnx.view(layer, deterministic=True)
    assert view.deterministic and (view(x) == view(x)).all()
    layer.eval()
    assert layer.deterministic


def test_a_setting_that_no_layer_knows():
    """`nnx.view` raises by default; eval() does not."""
    layer = nnx.Linear(2, 2, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="Unused keys"):
        nnx.view(layer, deterministic=True)
    with pytest.raises(ValueError, match="Unused keys"):
        nnx.view(nnx.BatchNorm(2, rngs=nnx.Rngs(0)), deterministic=True, use_running_average=True)
    nnx.view(layer, deterministic=True, raise_if_not_found=False)
    layer.eval()
