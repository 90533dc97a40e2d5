"""A small convolutional network and its port to NNX: right. `forward` is left
out.
"""

# --- PyTorch ---
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv1d(3, 6, 3, padding=1)
        self.norm = torch.nn.BatchNorm1d(6)
        self.mlp = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Dropout(0.2), torch.nn.Linear(8, 8))

    def forward(self, x, scale):
        y = torch.relu(self.norm(self.conv(x))).mean(-1) * scale
        return {"features": y, "logits": self.mlp(y)}


def make_model():
    return Net()


def example_inputs(batch):
    return {"x": torch.randn(batch, 3, 10), "scale": torch.rand(batch, 1)}


# --- JAX ---
import jax
import jax.numpy as jnp
from flax import nnx

ACCEPTED = ["biased variance"]


class Mlp(nnx.Module):
    def __init__(self, rngs):
        self.layers = nnx.List(
            [nnx.Linear(6, 8, rngs=rngs), nnx.Dropout(0.2, rngs=rngs), nnx.Linear(8, 8, rngs=rngs)],
        )

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class NnxNet(nnx.Module):
    def __init__(self, rngs):
        self.conv = nnx.Conv(3, 6, (3,), padding=1, rngs=rngs)
        self.norm = nnx.BatchNorm(6, momentum=0.9, rngs=rngs)
        self.mlp = Mlp(rngs)

    def __call__(self, x, scale):
        y = jax.nn.relu(self.norm(self.conv(jnp.swapaxes(x, 1, 2)))).mean(1) * scale
        return {"features": y, "logits": self.mlp(y)}


NAMES = {"mlp": "mlp.layers"}


def port(state_dict):
    model = NnxNet(nnx.Rngs(0))
    w = {name: jnp.asarray(array) for name, array in state_dict.items()}
    model.conv.kernel.value, model.conv.bias.value = w["conv.weight"].transpose(2, 1, 0), w["conv.bias"]
    model.norm.scale.value, model.norm.bias.value = w["norm.weight"], w["norm.bias"]
    model.norm.mean.value, model.norm.var.value = w["norm.running_mean"], w["norm.running_var"]
    for i in (0, 2):
        model.mlp.layers[i].kernel.value = w[f"mlp.{i}.weight"].T
        model.mlp.layers[i].bias.value = w[f"mlp.{i}.bias"]
    return model
