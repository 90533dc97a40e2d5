"""stacks all batches for one lax.scan, which needs batches of one shape."""

import jax
import jax.numpy as jnp
import optax


def make(
    name: str, lr: float, weight_decay: float | None = None, momentum: float = 0.0, nesterov: bool = False
) -> optax.GradientTransformation:
    if name == "AdamW":
        return optax.adamw(lr, weight_decay=0.01 if weight_decay is None else weight_decay)
    if name == "SGD":
        tx = optax.sgd(lr, momentum=momentum, nesterov=nesterov)
    elif name == "Adam":
        tx = optax.adam(lr)
    else:
        tx = optax.rmsprop(lr, decay=0.99, eps_in_sqrt=False)
    return optax.chain(optax.add_decayed_weights(weight_decay or 0.0), tx)


def train(loss_fn, params, tx, batches):
    xs = jnp.stack([x for x, _ in batches])
    ys = jnp.stack([y for _, y in batches])

    @jax.jit
    def run(params, xs, ys):
        def body(carry, batch):
            params, state = carry
            loss, grads = jax.value_and_grad(loss_fn)(params, *batch)
            updates, state = tx.update(grads, state, params)
            return (optax.apply_updates(params, updates), state), loss

        (params, _), losses = jax.lax.scan(body, (params, tx.init(params)), (xs, ys))
        return params, losses

    return run(params, xs, ys)
