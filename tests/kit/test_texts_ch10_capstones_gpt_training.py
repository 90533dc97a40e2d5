"""The claims in the text of 10.4, measured anew."""

import importlib.util
import inspect
import re

import fresh
import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

from flaxkata import catalog

torch.set_num_threads(1)


def loaded(path):
    spec = importlib.util.spec_from_file_location(f"texts_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exercise(number):
    (found,) = catalog.select(fresh.ROOT, [number])
    return found


def test_the_defaults():
    """The second beta of both libraries' AdamW by default."""
    text = exercise("10.4").text
    (said,) = re.findall(r"The second is ([\d.]+) by default", text)
    assert inspect.signature(torch.optim.AdamW).parameters["betas"].default[1] == float(said)
    assert inspect.signature(optax.adamw).parameters["b2"].default == float(said)
    assert "betas (0.9, 0.95)" in text


def test_the_keys_part_of_the_bias():
    """After 30 right steps it is farther apart than the text says, and the rest
    of c_attn's bias is not; the losses agree.
    """
    ours, inside = loaded(exercise("10.4").solution), loaded(exercise("10.4").inside)
    port = loaded(exercise("10.2").solution)
    text = " ".join(exercise("10.4").text.split())
    said = re.search(r"more than ([\d.]+) apart there, and less than ([\de-]+)", text)
    far, near = map(float, said.groups())
    torch.manual_seed(1)
    twin, width = ours.TorchGPT(50, 16, 40, 2, 5), 40
    with torch.no_grad():
        for p in twin.parameters():
            p.add_(torch.randn(p.shape) * (0.2 if p.ndim > 1 else 0.5))

    def params_of(twin):
        return port.port_gpt({name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()})["params"]

    batches = [torch.randint(50, (4, 13)) for _ in range(3)] * 10
    tx, params = ours.make_tx(3e-3, 5, 0.5, 8.0), params_of(twin)
    init, step = inside.compiled(tx, "")
    state, losses = init(params), []
    for tokens in batches:
        found = inside.loss_and_gradients(ours.lm_loss, params, jnp.asarray(tokens.numpy()))
        params, state = step(found["gradients"], state, params)
        losses.append(float(found["loss"]))
    theirs = ours.torch_train(twin, *ours.torch_optimizer(twin, 3e-3, 5, 0.5), 8.0, batches)
    assert np.abs(np.array(losses) - theirs).max() < 1e-4

    apart = jax.tree.map(lambda a, b: np.abs(a - b), params, params_of(twin))
    biases = np.stack([apart[layer]["attn"]["c_attn"]["bias"].reshape(3, width) for layer in ("h_0", "h_1")])
    assert biases[:, 1].max() > far and biases[:, [0, 2]].max() < near
