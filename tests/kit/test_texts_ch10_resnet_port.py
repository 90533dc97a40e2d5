"""The claims in the texts of 10.6, measured."""

import inspect

import flax.linen as nn
import jax
import jax.numpy as jnp
import pytest
import torch
from flax import traverse_util

torch.set_num_threads(1)


def test_the_helpers_and_the_defaults_that_are_the_same():
    b = jnp.ones(3)
    assert traverse_util.unflatten_dict({("params", "fc", "bias"): b}) == {"params": {"fc": {"bias": b}}}
    assert traverse_util.flatten_dict({"params": {"fc": {"bias": b}}}) == {("params", "fc", "bias"): b}
    assert torch.nn.BatchNorm2d(3).eps == nn.BatchNorm(use_running_average=True).epsilon == 1e-5


def test_the_defaults_that_are_not_the_same():
    """As the mistakes say: of a convolution's padding, of a pool's padding and
    strides, and of the other norms' epsilon.
    """
    assert nn.Conv(3, (3, 3)).padding == "SAME"
    pool = inspect.signature(nn.max_pool).parameters
    assert pool["padding"].default == "VALID"
    assert nn.max_pool(jnp.zeros((1, 8, 8, 1)), (3, 3)).shape == (1, 6, 6, 1)
    assert torch.nn.MaxPool2d(3).stride == 3
    assert nn.LayerNorm().epsilon == nn.GroupNorm().epsilon == nn.RMSNorm().epsilon == 1e-6


def test_what_does_not_raise():
    """A convolution with "SAME", and the stride in the other convolution, give
    the right shapes.
    """
    x = jax.ShapeDtypeStruct((2, 8, 6, 10), jnp.float32)

    def shape(*layers):
        return jax.eval_shape(lambda x: nn.Sequential(layers).init_with_output(jax.random.key(0), x)[0], x).shape

    right = shape(nn.Conv(10, (3, 3), 2, padding=1), nn.Conv(10, (3, 3), padding=1))
    assert shape(nn.Conv(10, (3, 3), 2, padding="SAME"), nn.Conv(10, (3, 3), padding="SAME")) == right
    assert shape(nn.Conv(10, (3, 3), padding=1), nn.Conv(10, (3, 3), 2, padding=1)) == right
    twin = torch.nn.Sequential(torch.nn.Conv2d(10, 10, 3, 2, padding=1), torch.nn.Conv2d(10, 10, 3, padding=1))
    assert twin(torch.zeros(2, 10, 8, 6)).permute(0, 2, 3, 1).shape == right


def test_an_entry_that_the_module_does_not_know():
    """`apply` passes over it and `jax.tree.map` does not, as `counter_kept`
    says.
    """
    bn, x = nn.BatchNorm(use_running_average=True), jnp.ones((2, 3))
    variables = bn.init(jax.random.key(0), x)
    more = {**variables, "batch_stats": {**variables["batch_stats"], "num_batches_tracked": jnp.ones(())}}
    assert (bn.apply(more, x) == bn.apply(variables, x)).all()
    with pytest.raises(ValueError, match="num_batches_tracked"):
        jax.tree.map(jnp.add, more, variables)
