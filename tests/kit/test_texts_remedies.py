"""What is added to the messages of Flax, JAX and optax, whose words are those
of the versions that are installed.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax
import pytest
from flax import errors
from jax.sharding import NamedSharding, PartitionSpec

from flaxkata.judge.remedies import readable, remedy

X = jnp.ones((2, 3))
NORM = nn.BatchNorm(use_running_average=False)


def running_statistics_written():
    NORM.apply(NORM.init(jax.random.key(0), X), X)


def dropout_without_a_key():
    nn.Dropout(0.5, deterministic=False).apply({}, X)


def params_alone():
    norm = nn.BatchNorm(use_running_average=True)
    norm.apply({"params": norm.init(jax.random.key(0), X)["params"]}, X)


def params_without_their_name():
    dense = nn.Sequential([nn.Dense(4)])
    dense.apply(dense.init(jax.random.key(0), X)["params"], X)


def layer_named_otherwise():
    nn.Sequential([nn.Dense(4, name="fc1")]).apply({"params": {"fc2": {"kernel": X}}, "layers": {}}, X)


def leaf_missing():
    nn.Dense(4).apply({"params": {"weight": X.T}}, X)


@pytest.mark.parametrize(
    ("mistake", "kind", "words"),
    [
        (running_statistics_written, errors.ModifyScopeVariableError, "BatchNorm computed the batch's statistics here"),
        (dropout_without_a_key, errors.InvalidRngError, '`apply` needs `rngs={"dropout": key}`'),
        (params_alone, errors.ScopeCollectionNotFound, "`apply` takes all variables that a model reads"),
        (leaf_missing, errors.ScopeParamNotFoundError, "The variables have nothing at this path"),
        (layer_named_otherwise, errors.ScopeParamNotFoundError, "The variables have nothing at this path"),
        (params_without_their_name, errors.ScopeCollectionNotFound, "`apply` takes all variables that a model reads"),
    ],
)
def test_a_message_is_followed_by_what_to_do(mistake, kind, words):
    with pytest.raises(kind) as raised:
        mistake()
    assert words in remedy(str(raised.value))


def test_trees_that_do_not_match():
    tx, params = optax.adam(0.1), {"fc1": X, "fc2": X}
    with pytest.raises(ValueError, match="structure") as raised:
        tx.update({"params": params, "batch_stats": {}, "more": X}, tx.init(params), params)
    words = "two trees that belong together have different keys: one has batch_stats, more, params; the other has fc1, fc2"
    assert readable(str(raised.value)) == words


def test_a_mesh_and_one_device():
    devices = jax.sharding.Mesh(jax.devices()[:1], ("data",))
    jax.device_put(X, NamedSharding(devices, PartitionSpec()))  # what the sentence advises exists
    message = "Length of device assignment 1 is not equal to the size of the mesh 8 of aval f32[]"  # 9.1 has eight devices
    assert "`jax.device_put(tree, NamedSharding(mesh, P()))`" in remedy(message)


def test_other_messages_are_left_alone():
    assert (remedy("division by zero"), readable("division by zero")) == ("", "division by zero")
