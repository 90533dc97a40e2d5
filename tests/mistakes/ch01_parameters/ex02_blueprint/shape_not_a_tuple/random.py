import jax


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jax.random.normal(jax.random.key(1), 1, in_dim))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jax.random.normal(jax.random.key(1), 1, in_dim))
