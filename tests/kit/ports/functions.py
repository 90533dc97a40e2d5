"""A port that is made of functions alone, with names of its own: right."""

# --- PyTorch ---
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(6, 6)
        self.norm = torch.nn.LayerNorm(6)
        self.second = torch.nn.Linear(6, 4)
        self.unused = torch.nn.Linear(2, 2)
        self.register_buffer("scale", torch.tensor(3.0))

    def forward(self, x):
        return self.second(self.norm(torch.tanh(self.first(x)))) / self.scale


def make_model():
    return Net()


def example_inputs():
    return (torch.randn(5, 6),)


# --- JAX ---
import jax.numpy as jnp


def port(state_dict):
    w = {name: jnp.asarray(array) for name, array in state_dict.items()}
    scaled = {"w": w["second.weight"] / w["scale"], "b": w["second.bias"] / w["scale"]}  # folded
    norm = {"scale": w["norm.weight"], "bias": w["norm.bias"]}
    return ({"w": w["first.weight"], "b": w["first.bias"]}, norm, scaled)


def activations(variables, x):
    first, norm, second = variables
    a = x @ first["w"].T + first["b"]
    h = jnp.tanh(a)
    centered = h - h.mean(-1, keepdims=True)
    n = centered / jnp.sqrt((centered**2).mean(-1, keepdims=True) + 1e-5) * norm["scale"] + norm["bias"]
    return {"a": a, "inner": {"n": n}, "out": n @ second["w"].T + second["b"]}


def forward(variables, x):
    return activations(variables, x)["out"]
