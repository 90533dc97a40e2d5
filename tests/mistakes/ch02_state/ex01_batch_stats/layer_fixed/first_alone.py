import flax.linen as nn


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    name = next(iter(updates["batch_stats"]))
    stats = {**variables["batch_stats"], name: updates["batch_stats"][name]}
    return output, {**variables, "batch_stats": stats}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
