"""The claims in the texts of 10.8, measured."""

import importlib.util
import inspect

import flax.linen as nn
import fresh
import jax
import jax.numpy as jnp
import pytest
import torch

from flaxkata import catalog

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def ours():
    """Our answer as a module, with both of its sections."""
    (exercise,) = catalog.select(fresh.ROOT, ["10.8"])
    spec = importlib.util.spec_from_file_location("solution_10_8", exercise.solution)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_fresh_network_hides_what_it_computes(ours):
    x = torch.randn(2, 3, 4, 5)
    assert torch.equal(ours.GRN(5)(x), x)
    norm = torch.nn.LayerNorm(5)
    assert torch.equal(norm(x), torch.nn.functional.layer_norm(x, (5,)))
    assert (norm.weight == 1).all() and (norm.bias == 0).all()


def test_where_the_intermediates_are(ours):
    """As the docstring says: by module, then "__call__", the model's own beside
    them; here by shape.
    """
    model = ours.FlaxNet()

    def run(x):
        variables = model.init(jax.random.key(0), x)
        return model.apply(variables, x, capture_intermediates=True, mutable=["intermediates"])

    y, state = jax.eval_shape(run, jnp.zeros((2, 16, 24, 3)))
    kept = state["intermediates"]
    assert kept["stages_0_0"]["dwconv"]["__call__"][0].shape == (2, 4, 6, 6)
    assert kept["__call__"][0].shape == y.shape == (2, 10)


def test_the_defaults(ours):
    assert inspect.signature(nn.gelu).parameters["approximate"].default is True
    assert torch.nn.GELU().approximate == "none"
    assert nn.LayerNorm().epsilon == 1e-6 and torch.nn.LayerNorm(5).eps == 1e-5


def test_the_names_are_those_of_the_state_dict(ours):
    """Every submodule with weights is among the activations."""
    twin = ours.TorchNet()
    names = {name.rpartition(".")[0] for name in twin.state_dict()}
    assert names <= ours.torch_activations(twin, torch.zeros(1, 3, 16, 24)).keys()


def test_the_gradient_of_a_norm_of_zeros(ours):
    """Of a map, where all of it is zero."""
    maps = torch.zeros(2, 3, 4, 5, requires_grad=True)
    torch.linalg.vector_norm(maps, dim=(1, 2)).sum().backward()
    assert (maps.grad == 0).all()
    assert jnp.isnan(jax.grad(lambda x: jnp.linalg.norm(x, axis=(1, 2)).sum())(jnp.zeros((2, 3, 4, 5)))).all()
