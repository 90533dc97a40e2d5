"""The whole text through the model, its last logits dropped; AdamW from its
parts.
"""

import jax
import jax.numpy as jnp
import optax


def lm_loss(logits_fn, params, tokens):
    logp = jax.nn.log_softmax(logits_fn(params, tokens)[:, :-1])
    return -jnp.take_along_axis(logp, tokens[:, 1:, None], axis=-1).mean()


def make_tx(lr, warmup, weight_decay, max_norm):
    def negative_rate(count):
        return -lr * jnp.minimum(1.0, (count + 1) / warmup)

    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.scale_by_adam(b1=0.9, b2=0.95, eps=1e-8),
        optax.add_decayed_weights(weight_decay, mask=lambda params: jax.tree.map(lambda p: jnp.ndim(p) > 1, params)),
        optax.scale_by_schedule(negative_rate),
    )
