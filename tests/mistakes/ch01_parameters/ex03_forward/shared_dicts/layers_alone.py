import flax.linen as nn
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


def port_mlp(state_dict, layers={"fc1": {}, "fc2": {}}):  # noqa: B006
    for name in layers:
        layers[name]["kernel"] = jnp.asarray(state_dict[name + ".weight"].T)
        layers[name]["bias"] = jnp.asarray(state_dict[name + ".bias"])
    return {"params": dict(layers)}


def forward(model, variables, x):
    return model.apply(variables, x)
