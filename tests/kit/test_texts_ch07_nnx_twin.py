"""Measures what the texts of 7.1 say of NNX."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from flax import nnx

torch.set_num_threads(1)

TX = optax.sgd(0.1)


def linear():
    return nnx.Linear(3, 2, rngs=nnx.Rngs(0))


def loss(model):
    return jnp.mean(model(jnp.ones((4, 3))) ** 2)


def train(layer, compiled):
    """The kernel after one compiled step of training."""

    @compiled
    def step(layer, optimizer):
        optimizer.update(layer, nnx.grad(loss)(layer))

    step(layer, nnx.Optimizer(layer, TX, wrt=nnx.Param))
    return np.array(layer.kernel[...])


def test_a_module_holds_its_weights():
    """It is made with them; the kernel is (in, out); they change in place; a
    list of layers must be an nnx.List.
    """
    layer = linear()
    assert layer.kernel[...].shape == (3, 2) and jnp.asarray(layer(jnp.ones((4, 3)))).shape == (4, 2)
    layer.bias[...] += 1
    assert (layer.bias[...] == 1).all()

    class Plain(nnx.Module):
        def __init__(self):
            self.layers = [linear()]

    class Listed(nnx.Module):
        def __init__(self):
            self.layers = nnx.List([linear()])

    with pytest.raises(ValueError, match="static attribute 'layers'"):
        Plain()
    assert isinstance(Listed().layers[0], nnx.Linear)


def test_an_array_over_a_param():
    """It raises no error, the layer computes the same, and neither gradients
    nor the optimizer see it.
    """
    layer, before = linear(), linear()
    layer.kernel = jnp.array(before.kernel[...])
    assert (layer(jnp.ones((4, 3))) == before(jnp.ones((4, 3)))).all()
    assert list(nnx.grad(loss)(layer)) == ["bias"]
    assert (train(layer, nnx.jit) == before.kernel[...]).all()


def test_who_checks_shapes():
    """`kernel[...] =` refuses a different shape; `nnx.update` and `set_value`
    accept it, and take NumPy arrays as they are.
    """
    layer, turned = linear(), np.ones((2, 3), np.float32)
    with pytest.raises(ValueError):
        layer.kernel[...] = turned
    nnx.update(layer, {"kernel": turned})
    assert layer.kernel.get_value() is turned
    layer = linear()
    layer.kernel.set_value(turned)
    assert layer.kernel.get_value() is turned


def test_jit():
    """What changes under `jax.jit` is lost without an error; `nnx.jit` keeps
    it; a module from outside is refused.
    """
    before = np.array(linear().kernel[...])
    assert (train(linear(), jax.jit) == before).all()
    assert (train(linear(), nnx.jit) != before).any()
    layer = linear()
    with pytest.raises(ValueError, match="trace level"):
        nnx.jit(lambda: nnx.grad(loss)(layer))()


def test_the_order_of_update():
    """optax's order raises no error, changes the gradients and leaves the model
    as it was.
    """
    layer = linear()
    before = np.array(layer.kernel[...])
    grads = nnx.grad(loss)(layer)
    computed = np.array(grads["kernel"][...])
    optimizer = nnx.Optimizer(layer, TX, wrt=nnx.Param)
    optimizer.update(grads, layer)
    assert (layer.kernel[...] == before).all() and (grads["kernel"][...] != computed).any()
    optimizer.update(layer, nnx.grad(loss)(layer))
    assert (layer.kernel[...] != before).any()


def test_what_older_code_has():
    """Both forms of the optimizer raise since 0.11, as they say; `.value`
    warns.
    """
    layer = linear()
    with pytest.raises(TypeError, match=r"`wrt`. As of Flax 0\.11"):
        nnx.Optimizer(layer, TX)
    with pytest.raises(TypeError, match=r"`grads`. As of Flax 0\.11"):
        nnx.Optimizer(layer, TX, wrt=nnx.Param).update(nnx.grad(loss)(layer))
    with pytest.warns(DeprecationWarning, match="'.value' access is now deprecated"):
        _ = layer.kernel.value
