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
    places = [("fc1", "kernel"), ("fc1", "bias"), ("fc2", "kernel"), ("fc2", "bias")]
    params = {"fc1": {}, "fc2": {}}
    for (layer, leaf), value in zip(places, state_dict.values()):
        params[layer][leaf] = jnp.asarray(value.T)
    return {"params": params}


def forward(model, variables, x):
    return model.apply(variables, x)
