"""Joined schedules, a piecewise constant one, and optax's own clipping."""

import optax


def step_lr(lr, step_size, gamma):
    return optax.piecewise_constant_schedule(lr, {step_size * k: gamma for k in range(1, 20)})


def warmup_cosine(lr, warmup, total):
    up, down = optax.linear_schedule(0.0, lr, warmup), optax.cosine_decay_schedule(lr, total - warmup)
    return optax.join_schedules([up, down], boundaries=[warmup])


def clip(grads, max_norm):
    clipped, _ = optax.clip_by_global_norm(max_norm).update(grads, optax.EmptyState())
    return clipped
