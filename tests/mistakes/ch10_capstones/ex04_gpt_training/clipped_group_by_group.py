"""What is decayed and what is not are clipped apart, each by a norm of its own.
Usually each of two groups has a chain that begins with
`optax.clip_by_global_norm`. `clip_grad_norm_` takes one norm of all gradients:
clip first, and divide into groups behind it.
"""

import jax
import optax


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()


def groups(params):
    return jax.tree.map(lambda p: "decayed" if p.ndim >= 2 else "others", params)


def make_tx(lr, warmup, weight_decay, max_norm):
    schedule = optax.linear_schedule(lr / warmup, lr, warmup - 1)

    def group(decay):
        return optax.chain(optax.clip_by_global_norm(max_norm), optax.adamw(schedule, b2=0.95, weight_decay=decay))

    return optax.multi_transform({"decayed": group(weight_decay), "others": group(0.0)}, groups)
