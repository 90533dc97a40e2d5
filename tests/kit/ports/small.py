"""The smallest port: right, and quickly checked."""

# --- PyTorch ---
import torch


def make_model():
    return torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2))


def example_inputs(batch):
    return torch.randn(batch, 3)


CHECKPOINT = None


# --- JAX ---
import jax.numpy as jnp


def port(state_dict):
    return {name: jnp.asarray(array) for name, array in state_dict.items()}


def activations(w, x):
    first = x @ w["0.weight"].T + w["0.bias"]
    second = jnp.tanh(first)
    return {"0": first, "1": second, "2": second @ w["2.weight"].T + w["2.bias"]}


def forward(w, x):
    return activations(w, x)["2"]
