"""A schedule of whole falls, joined schedules, and optax's own clipping."""

import optax


def step_lr(lr, step_size, gamma):
    falling = optax.exponential_decay(lr, 1, gamma)
    return lambda step: falling(step // step_size)


def warmup_cosine(lr, warmup, total):
    up, down = optax.linear_schedule(0.0, lr, warmup), optax.cosine_decay_schedule(lr, total - warmup)
    return optax.join_schedules([up, down], boundaries=[warmup])


def clip(grads, max_norm):
    clipped, _ = optax.clip_by_global_norm(max_norm).update(grads, optax.EmptyState())
    return clipped
