"""The claims in the text of 10.5, measured anew."""

import importlib.util
import time
from functools import partial

import fresh
import jax
import jax.numpy as jnp
import pytest
import torch

from flaxkata import catalog

torch.set_num_threads(1)


def loaded(path):
    spec = importlib.util.spec_from_file_location(f"texts_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def setting():
    """Our answer, what runs beside it, and the params of a GPT."""
    (exercise,), (weights,) = (catalog.select(fresh.ROOT, [number]) for number in ("10.5", "10.2"))
    ours, torch_model = loaded(exercise.solution), loaded(exercise.solution).TorchGPT(50, 16, 40, 2, 5)
    state_dict = {name: tensor.numpy().copy() for name, tensor in torch_model.state_dict().items()}
    return ours, loaded(exercise.inside), loaded(weights.solution).port_gpt(state_dict)["params"]


def growing(model, params, tokens, steps):
    for _ in range(steps):
        token = model(params, tokens)[:, -1].argmax(-1)
        tokens = jnp.concatenate([tokens, token[:, None]], axis=1)
    return tokens


def test_what_is_compiled(setting):
    """A growing text: once for each token. A Python loop under jit too.
    fori_loop: once, and not again.
    """
    ours, inside, _ = setting
    params = jnp.ones((5, 3)), jnp.ones((16, 3)), jnp.ones((3, 3))  # of the small model
    prompt = jnp.zeros((1, 4), jnp.int32)
    watched = inside.Watched()
    growing(jax.jit(watched), params, prompt, 12)
    assert watched.lengths == list(range(4, 16))
    watched = inside.Watched()
    jax.jit(partial(growing, watched), static_argnums=2).lower(params, prompt, 3)
    assert len(watched.lengths) == 3
    watched = inside.Watched()
    for _ in range(2):
        ours.generate(watched, params, prompt, 12)
    assert watched.lengths == [16]


def test_compiling_takes_longer(setting):
    """One compilation of the model takes longer than a text of 12 tokens with
    the compiled loop.
    """
    ours, inside, params = setting
    prompt = jnp.zeros((1, 4), jnp.int32)
    lowered = jax.jit(inside.logits).lower(params, prompt)
    begin = time.perf_counter()
    lowered.compile()
    compiling = time.perf_counter() - begin
    ours.generate(inside.logits, params, prompt, 12).block_until_ready()
    begin = time.perf_counter()
    ours.generate(inside.logits, params, prompt, 12).block_until_ready()
    assert time.perf_counter() - begin < compiling


def test_indices_without_a_value():
    """x.at[:, t].set and x[:, t] accept a traced t; x[:, :t] does not. A
    function that is defined again is compiled again.
    """
    x, traces = jnp.arange(6).reshape(2, 3), []
    assert jax.jit(lambda x, t: x.at[:, t].set(x[:, t]))(x, 1).shape == x.shape
    with pytest.raises(IndexError):
        jax.jit(lambda x, t: x[:, :t])(x, 1)
    for _ in range(2):
        jax.jit(lambda x: traces.append(1) or x)(x)
    assert len(traces) == 2
