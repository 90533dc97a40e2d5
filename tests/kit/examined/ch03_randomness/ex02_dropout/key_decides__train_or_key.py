from typing import Any

import flax.linen as nn
import jax


class FlaxNet(nn.Module):
    """TorchNet in Flax: fc1 -> tanh -> dropout -> fc2, with layers called fc1
    and fc2; the input decides in_dim.
    """

    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        """x: float32 (batch, in_dim). train: whether to drop; `rate` is in
        [0, 1). Returns float32 (batch, output_dim).

        In train mode it draws with the key that `apply` receives in
        rngs={"dropout": key}.
        """
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        x = nn.Dropout(self.rate, deterministic=not (train or self.has_rng("dropout")))(x)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model: nn.Module, variables: Any, x: jax.Array, key: jax.Array, step: int | jax.Array) -> jax.Array:
    """The output in train mode, with a mask that `key` and `step` decide: a
    different step or a different key gives a different mask.

    model: its `__call__` takes (x, train), as FlaxNet's does; its fields may be
    others. variables: a dict with all collections that the model reads; it
    stays as it is, also in `eval_apply`.
    key: the one key of the whole training run. step: an int or an int32
    scalar from 0 to 10**9, may be traced; a late step takes no longer than an
    early one.
    """
    return model.apply(variables, x, True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    """The output in eval mode, which takes no key: nothing is dropped. `model`
    is as in `train_apply`.
    """
    return model.apply(variables, x, False)
