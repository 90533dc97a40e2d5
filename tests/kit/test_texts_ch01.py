"""What the texts of chapter 1 say of the libraries, measured again."""

import dataclasses

import flax.linen as nn
import fresh
import jax
import jax.numpy as jnp
import optax
import pytest
from flax.core import freeze

from flaxkata import catalog

KEY = jax.random.key(0)


def text(number):
    (exercise,) = catalog.select(fresh.ROOT, [number])
    return " ".join(exercise.text.split())


def mistake(number, slug):
    (exercise,) = catalog.select(fresh.ROOT, [number])
    return " ".join(exercise.explanation(slug).split())


def test_names_that_flax_lacks():
    """1.1: no Linear, no ReLU; Dense's second field; Sequential takes one
    list.
    """
    assert "`flax.linen` has no `Linear`" in mistake("1.1", "linear_for_dense") and not hasattr(nn, "Linear")
    assert "There is no `nn.ReLU`" in mistake("1.1", "relu_as_layer") and not hasattr(nn, "ReLU")
    assert "`jax.numpy` has no `relu`" in mistake("1.1", "relu_not_in_numpy") and not hasattr(jnp, "relu")
    assert "its second argument is `use_bias`" in mistake("1.1", "in_features_given")
    assert [f.name for f in dataclasses.fields(nn.Dense)][:2] == ["features", "use_bias"]
    with pytest.raises(TypeError):
        nn.Sequential(nn.Dense(2), nn.relu)


def test_shapes_are_tuples():
    """1.2: `jnp.ones(1, 10)` takes 10 for a dtype."""
    assert "takes what comes next for a dtype" in mistake("1.2", "shape_not_a_tuple")
    with pytest.raises(TypeError, match=r"10.*data type|data type.*10"):
        jnp.ones(1, 10)


def test_a_frozen_dict_is_a_different_structure():
    """1.4: `jax.tree.map` of a dict and a FrozenDict raises, and so does an
    optimizer whose state was made for the other.
    """
    assert "`jax.tree.map` of both raises an error" in text("1.4")
    assert "an optimizer state made for the one does not fit the other" in mistake("1.4", "frozen_result")
    plain = {"fc1": {"bias": jnp.ones(3)}}
    with pytest.raises(ValueError, match=r"FrozenDict|node type|structure"):
        jax.tree.map(jnp.add, plain, freeze(plain))
    adam = optax.adam(0.1)
    with pytest.raises(ValueError, match=r"FrozenDict|node type|structure|dict"):
        adam.update(freeze(plain), adam.init(plain))


def test_initializers_of_1_6():
    """1.6: `initializers.normal()` has 0.01; the bound of he_uniform is
    sqrt(6 / fan_in).
    """
    assert "`initializers.normal()` has 0.01" in mistake("1.6", "embedding_scaled")
    assert float(jax.nn.initializers.normal()(KEY, (400, 400)).std()) == pytest.approx(0.01, rel=0.01)
    assert "sqrt(6 / fan_in)" in mistake("1.6", "he_uniform")
    assert float(jax.nn.initializers.he_uniform()(KEY, (400, 400)).max()) == pytest.approx((6 / 400) ** 0.5, rel=1e-3)
