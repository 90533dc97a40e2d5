"""Never comes back from compiled code."""

# told: did not come back within the time limit
import jax


def set_bias(variables, layer, value):
    return jax.block_until_ready(jax.lax.while_loop(lambda n: n < 1, lambda n: n * 0, 0))
