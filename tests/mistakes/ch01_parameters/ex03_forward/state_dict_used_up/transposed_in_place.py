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
    for name in state_dict:
        array = jnp.asarray(state_dict[name])
        state_dict[name] = array.T
    return {"params": {n: {"kernel": state_dict[f"{n}.weight"], "bias": state_dict[f"{n}.bias"]} for n in ("fc1", "fc2")}}


def forward(model, variables, x):
    return model.apply(variables, x)
