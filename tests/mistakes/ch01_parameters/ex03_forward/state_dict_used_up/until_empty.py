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
    params = {"fc1": {}, "fc2": {}}
    while state_dict:
        name, array = state_dict.popitem()
        layer, kind = name.split(".")
        if kind == "weight":
            params[layer]["kernel"] = jnp.asarray(array.T)
        else:
            params[layer]["bias"] = jnp.asarray(array)
    return {"params": params}


def forward(model, variables, x):
    return model.apply(variables, x)
