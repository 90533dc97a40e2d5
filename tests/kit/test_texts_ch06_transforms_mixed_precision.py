"""Measures what the text of 6.4 says of bfloat16 in PyTorch, JAX, Flax and
optax.
"""

import importlib.util

import flax.linen as nn
import fresh
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch

from flaxkata import catalog

torch.set_num_threads(1)

BF16 = jnp.bfloat16


@pytest.fixture(scope="module")
def ours():
    """Our answer as a module, with both of its sections."""
    (exercise,) = catalog.select(fresh.ROOT, ["6.4"])
    spec = importlib.util.spec_from_file_location("solution_6_4", exercise.solution)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_bfloat16_is_the_first_half_of_a_float32():
    bits = np.array([3.14159, -1e30, 7e-30], "float32").view("uint32") & 0xFFFF0000
    assert (jnp.array(bits.view("float32")).astype(BF16).astype(jnp.float32) == bits.view("float32")).all()
    assert float(jnp.finfo(BF16).max) == pytest.approx(float(jnp.finfo(jnp.float32).max), rel=0.01)
    assert 2 <= -np.log10(float(jnp.finfo(BF16).eps) / 2) <= 3
    assert float(jnp.finfo(jnp.float16).max) == 65504  # which a mistake of 6.4 is told
    assert jnp.finfo(jnp.float16).eps < jnp.finfo(BF16).eps


def test_what_autocast_does(ours):
    """Its Linear rounds, its cross entropy does not, its weights and their
    gradients are float32.
    """
    model, x = ours.TorchNet(8, 6, 5), 300 + torch.randn(7, 8)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(model.fc1(x), model.fc1(x.bfloat16().float()))
    logits, labels = ours.torch_forward_bf16(model, x), torch.arange(7) % 5
    loss = ours.torch_cross_entropy(logits, labels)
    assert logits.dtype == torch.bfloat16 and loss.dtype == torch.float32
    assert torch.allclose(loss, torch.nn.functional.cross_entropy(logits.float(), labels), rtol=1e-6)
    assert torch.nn.functional.cross_entropy(logits, labels).dtype == torch.bfloat16  # without autocast
    loss.backward()
    assert {p.grad.dtype for p in model.parameters()} == {torch.float32}


def test_what_promotes():
    mine, theirs = jnp.ones(3, BF16), torch.ones(3, dtype=torch.bfloat16)
    for two in (jnp.ones(3), jnp.float32(2), jnp.asarray(np.float32(2)), np.float32(2)):
        assert (mine * two).dtype == jnp.float32
    assert (mine * jnp.array(2.0)).dtype == BF16
    assert (theirs * torch.tensor(2.0)).dtype == (theirs * np.float32(2)).dtype == torch.bfloat16
    assert (mine * 2.5).dtype == BF16 and (theirs * 2.5).dtype == torch.bfloat16
    with pytest.raises(RuntimeError, match="same dtype"):  # as a mistake is told
        torch.nn.Linear(3, 2)(theirs)


def test_what_a_dense_computes_in():
    x = jnp.ones((2, 3))

    def run(x, **settings):
        def both(x):
            layer = nn.Dense(4, **settings)
            variables = layer.init(jax.random.key(0), x)
            return variables["params"]["kernel"], layer.apply(variables, x)

        return tuple(array.dtype for array in jax.eval_shape(both, x))

    assert run(x, dtype=BF16) == (jnp.float32, BF16)
    assert run(x, param_dtype=BF16) == (BF16, jnp.float32)
    assert run(x.astype(BF16)) == (jnp.float32, jnp.float32)
    assert run(x.astype(BF16), param_dtype=BF16) == (BF16, BF16)


def test_the_dtypes_of_losses_and_gradients(ours):
    """A loss has the dtype of its logits; gradients have that of what they are
    taken in.
    """
    logits, labels = jnp.ones((2, 3), BF16), jnp.zeros(2, int)
    assert optax.softmax_cross_entropy_with_integer_labels(logits, labels).dtype == BF16
    layer = {"kernel": jnp.ones((3, 3)), "bias": jnp.ones(3)}
    params = {"fc1": layer, "fc2": layer, "scale": jnp.array(2.0)}
    for dtype in (jnp.float32, BF16):
        given = jax.tree.map(lambda leaf, dtype=dtype: leaf.astype(dtype), params)
        grads = jax.eval_shape(jax.grad(lambda p: ours.forward_bf16(p, jnp.ones((2, 3))).sum()), given)
        assert {leaf.dtype for leaf in jax.tree.leaves(grads)} == {jnp.dtype(dtype)}


def test_what_needs_float32():
    one = BF16(1)
    assert one + BF16(0.001) == one and BF16(256) + one == 256 and BF16(0.999) == one
    tx = optax.adam(0.1, b2=0.999)
    weights = jnp.zeros(1, BF16)
    state = tx.init(weights)
    assert state[0].nu.dtype == BF16
    averages = []
    for gradient in (jnp.ones(1, BF16), jnp.zeros(1, BF16), jnp.zeros(1, BF16)):
        _, state = tx.update(gradient, state, weights)
        averages.append(float(state[0].nu[0]))
    assert averages[0] == averages[1] == averages[2] > 0
    assert tx.init(weights.astype(jnp.float32))[0].nu.dtype == jnp.float32
