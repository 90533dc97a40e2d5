"""AdamW from its parts, with a decay that asks for no mask; gradients scaled by
hand.
"""

import jax
import jax.numpy as jnp
import optax


def lm_loss(logits_fn, params, tokens):
    logp = jax.nn.log_softmax(logits_fn(params, tokens)[:, :-1])
    return -(jax.nn.one_hot(tokens[:, 1:], logp.shape[-1]) * logp).sum(-1).mean()


def clip(max_norm):
    def update(grads, state, params=None):
        norm = jnp.sqrt(sum(jnp.sum(g**2) for g in jax.tree.leaves(grads)))
        return jax.tree.map(lambda g: g * jnp.minimum(1, max_norm / (norm + 1e-6)), grads), state

    return optax.GradientTransformation(lambda params: optax.EmptyState(), update)


def make_tx(lr, warmup, weight_decay, max_norm):
    return optax.chain(
        clip(max_norm),
        optax.scale_by_adam(b2=0.95),
        optax.add_decayed_weights(weight_decay),
        optax.scale_by_learning_rate(lambda count: lr * jnp.minimum(1, (count + 1) / warmup)),
    )
