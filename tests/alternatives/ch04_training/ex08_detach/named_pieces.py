import jax
import jax.numpy as jnp
import optax


def td_loss(value, params, x, reward, next_x, done, discount):
    fixed = jax.lax.stop_gradient(params)
    target = reward + discount * (1 - done) * value(fixed, next_x)
    return jnp.square(value(params, x) - target).mean()


def quantize(z, codebook, beta):
    index = jnp.argmin((z**2).sum(1, keepdims=True) - 2 * z @ codebook.T + (codebook**2).sum(1), axis=1)
    fixed = jax.lax.stop_gradient(z)
    move_codes = jnp.square(codebook[index] - fixed).mean()
    move_z = jnp.square(z - jax.lax.stop_gradient(codebook)[index]).mean()
    return z - fixed + jax.lax.stop_gradient(codebook[index]), move_codes + beta * move_z


def teacher_loss(forward, student, teacher, x, decay):
    new = optax.incremental_update(student, teacher, 1 - decay)
    target = jax.lax.stop_gradient(forward(new, x))
    return jnp.square(forward(student, x) - target).mean(), new
