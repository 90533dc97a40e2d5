import flax.linen as nn
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


def port_mlp(state_dict):
    for layer in ("fc1", "fc2"):
        state_dict[f"{layer}.kernel"] = state_dict.pop(f"{layer}.weight").T
    params = {"fc1": {}, "fc2": {}}
    for name, array in state_dict.items():
        layer, kind = name.split(".")
        params[layer][kind] = jnp.asarray(array)
    return {"params": params}


def forward(model, variables, x):
    return model.apply(variables, x)
