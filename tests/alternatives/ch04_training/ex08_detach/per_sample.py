import jax
import jax.numpy as jnp


def td_loss(value, params, x, reward, next_x, done, discount):
    after = jax.lax.stop_gradient(value(params, next_x))
    errors = reward + discount * jnp.where(done, jnp.zeros_like(after), after) - value(params, x)
    return jnp.dot(errors, errors) / errors.size


def quantize(z, codebook, beta):
    def one(row):
        code = jnp.take(codebook, jnp.argmin(((row - codebook) ** 2).sum(-1)), axis=0)
        fixed_row, fixed_code = jax.lax.stop_gradient((row, code))
        loss = ((code - fixed_row) ** 2).mean() + beta * ((row - fixed_code) ** 2).mean()
        return row + (fixed_code - fixed_row), loss

    quantized, losses = jax.vmap(one)(z)
    return quantized, losses.mean()


def teacher_loss(forward, student, teacher, x, decay):
    old, learned = jax.lax.stop_gradient((teacher, student))
    flat_old, structure = jax.tree.flatten(old)
    mixed = [decay * t + (1 - decay) * s for t, s in zip(flat_old, jax.tree.leaves(learned), strict=True)]
    new = jax.tree.unflatten(structure, mixed)
    errors = forward(student, x) - forward(new, x)
    return (errors**2).mean(), new
