"""The claims in the text of 10.2, measured anew."""

import importlib.util
import re

import fresh
import jax
import numpy as np
import torch
from flax.traverse_util import unflatten_dict

from flaxkata import catalog

torch.set_num_threads(1)


def solution(number):
    """Our answer as a module, with both of its sections, and its text."""
    (exercise,) = catalog.select(fresh.ROOT, [number])
    spec = importlib.util.spec_from_file_location(f"solution_{number.replace('.', '_')}", exercise.solution)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, exercise.text


def test_the_table_of_names():
    """The names, shapes and places are those of the checkpoint and of the
    tree.
    """
    ours, text = solution("10.2")
    sizes = {"V": 50, "C": 16, "E": 40}
    twin = ours.TorchGPT(50, 16, 40, 2, 5)
    state = {name: tensor.numpy() for name, tensor in twin.state_dict().items()}
    variables = ours.port_gpt(state)
    rows = re.findall(r"^    ([\w.]+) +(\(.*?\))? +(\[.*\]|nowhere)$", text, re.MULTILINE)
    assert len(rows) == 6
    for name, shape, place in rows:
        assert not shape or state[name].shape == eval(shape, sizes)
        if place == "nowhere":
            assert np.array_equal(state[name], state["transformer.wte.weight"])
            continue
        leaf = variables["params"]
        for key in re.findall(r'\["(\w+)"\]', place):
            leaf = leaf[key]
        assert np.array_equal(leaf, state[name].T if place.endswith('["kernel"]') else state[name])
    assert state["transformer.h.0.attn.bias"].dtype == bool


def test_the_claims():
    """What torch.compile does to the names, how JAX sorts, and what
    unflatten_dict makes.
    """
    ours, _ = solution("10.2")
    twin = ours.TorchGPT(7, 4, 6, 1, 2)
    assert list(torch.compile(twin).state_dict()) == [f"_orig_mod.{name}" for name in twin.state_dict()]
    layers = {f"h_{i}": i for i in range(12)}
    assert list(jax.tree.map(lambda i: i, layers))[:3] == ["h_0", "h_1", "h_10"]
    assert jax.tree.leaves(layers) == [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9]
    assert unflatten_dict({("wte", "embedding"): 1}) == {"wte": {"embedding": 1}}
    assert re.match("c_fc.weight", "c_fc.weight_mask") and not re.fullmatch("c_fc.weight", "c_fc.weight_mask")
