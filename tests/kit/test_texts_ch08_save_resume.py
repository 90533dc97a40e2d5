"""The claims in the texts of 8.2, measured."""

import warnings

import fresh
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from flax import serialization

from flaxkata import catalog

warnings.filterwarnings("ignore", category=DeprecationWarning)
torch.set_num_threads(1)
(EXERCISE,) = catalog.select(fresh.ROOT, ["8.2"])
PARAMS = {"fc1": {"kernel": np.ones((2, 3), np.float32)}, "fc2": {"kernel": np.ones((3, 2), np.float32)}}
OTHERS = {
    "missing": {**PARAMS, "fc3": PARAMS["fc1"]},
    "too many": {"fc1": PARAMS["fc1"]},
    "another shape": {**PARAMS, "fc1": {"kernel": np.ones((4, 3), np.float32)}},
}


def raises(error, function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except error:
        return True
    return False


@pytest.fixture
def opt_state():
    return optax.adamw(optax.cosine_decay_schedule(0.05, 20)).init(PARAMS)


def test_a_key_is_no_array_of_numbers():
    key = jax.random.key(3)
    assert raises(TypeError, serialization.to_bytes, {"key": key})
    assert jax.random.wrap_key_data(jax.random.key_data(key)) == key


def test_containers(opt_state):
    """Without a template optax's tuples are dicts, and `tx.update` cannot read
    them; the moments and the count are in there.
    """
    data = serialization.to_bytes(opt_state)
    bare = serialization.msgpack_restore(data)
    assert isinstance(opt_state, tuple) and isinstance(bare, dict)
    tx = optax.adamw(optax.cosine_decay_schedule(0.05, 20))
    assert raises(Exception, tx.update, PARAMS, bare, PARAMS)
    back = serialization.from_bytes(opt_state, data)
    assert jax.tree.structure(back) == jax.tree.structure(opt_state)
    assert all(type(leaf) is np.ndarray for leaf in jax.tree.leaves(back))
    assert jax.tree.map(jnp.shape, bare) == jax.tree.map(jnp.shape, serialization.to_state_dict(opt_state))
    names = {field for part in opt_state for field in getattr(part, "_fields", ())}
    assert {"mu", "nu", "count"} <= names


def test_from_bytes_raises_in_one_of_three_cases():
    data = serialization.to_bytes(PARAMS)
    raised = {which: raises(ValueError, serialization.from_bytes, other, data) for which, other in OTHERS.items()}
    assert raised == {"missing": True, "too many": False, "another shape": False}


def test_load_state_dict_raises_in_each():
    def model(**layers):
        return torch.nn.ModuleDict({name: torch.nn.Linear(*sizes, bias=False) for name, sizes in layers.items()})

    saved = model(fc1=(2, 3), fc2=(3, 2)).state_dict()
    for other in (model(fc1=(2, 3), fc2=(3, 2), fc3=(2, 3)), model(fc1=(2, 3)), model(fc1=(4, 3), fc2=(3, 2))):
        assert raises(RuntimeError, other.load_state_dict, saved)


def test_numpys_files(tmp_path):
    np.savez(tmp_path / "checkpoint", a=np.asarray(jnp.ones(2, jnp.bfloat16)))
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint.npz"]
    assert np.load(tmp_path / "checkpoint.npz")["a"].dtype != jnp.bfloat16


def test_orbax(tmp_path, monkeypatch):
    """Absolute paths only, an error where there is a checkpoint unless
    force=True, and `save` returns before it has written.
    """
    import orbax.checkpoint

    monkeypatch.chdir(tmp_path)
    state = {"a": jnp.ones((400, 400))}
    with orbax.checkpoint.StandardCheckpointer() as checkpointer:
        assert raises(ValueError, lambda: (checkpointer.save("relative", state), checkpointer.wait_until_finished()))
        checkpointer.save(tmp_path / "one", state)
        assert not (tmp_path / "one").exists()
        checkpointer.wait_until_finished()
        assert (tmp_path / "one").exists()
        assert raises(ValueError, checkpointer.save, tmp_path / "one", state)
        checkpointer.save(tmp_path / "one", state, force=True)


@pytest.mark.parametrize("name", ["step", "key"])
def test_another_type_is_traced_once_more(name):
    """What the mistakes step_as_int and key_left_as_numbers say of a compiled
    step.
    """
    right = {"step": jnp.int32(3), "key": jax.random.key(0)}
    other = {"step": 3, "key": jax.random.key_data(right["key"])}
    step = jax.jit(lambda state: (state["step"] + 1, jax.random.bits(state["key"])))
    said = step(right)
    assert said == step({**right, name: other[name]}) and step._cache_size() == 2


def test_numpy_has_no_at():
    """What the mistake numpy_left says."""
    assert raises(AttributeError, lambda: np.zeros(2).at[0].set(1)) and jnp.zeros(2).at[0].set(1)[0] == 1
