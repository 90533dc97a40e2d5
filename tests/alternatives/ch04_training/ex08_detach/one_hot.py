import jax
import jax.numpy as jnp
import optax


def td_loss(value, params, x, reward, next_x, done, discount):
    def target(params):
        return reward + discount * jnp.logical_not(done) * value(params, next_x)

    return optax.squared_error(value(params, x), jax.lax.stop_gradient(target(params))).mean()


def quantize(z, codebook, beta):
    distances = jnp.linalg.norm(z[:, None, :] - codebook[None], axis=-1)
    chosen = jax.nn.one_hot(jax.lax.stop_gradient(distances).argmin(-1), codebook.shape[0])
    codes = chosen @ codebook
    loss = optax.squared_error(codes, jax.lax.stop_gradient(z)).mean()
    loss += beta * optax.squared_error(z, jax.lax.stop_gradient(codes)).mean()
    return jax.lax.stop_gradient(codes) + (z - jax.lax.stop_gradient(z)), loss


def teacher_loss(forward, student, teacher, x, decay):
    new = jax.lax.stop_gradient(optax.incremental_update(student, teacher, step_size=1 - decay))
    return optax.squared_error(forward(student, x), forward(new, x)).mean(), new
