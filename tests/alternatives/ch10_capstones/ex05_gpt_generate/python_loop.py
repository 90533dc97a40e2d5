"""A loop in Python around a compiled model, whose text has its final size; the
last place first filled with ones.
"""

import jax
import jax.numpy as jnp
import numpy as np


def generate(logits_fn, params, prompt, steps):
    model = jax.jit(logits_fn)  # jit knows logits_fn again, though this line runs in each call
    text = np.ones((prompt.shape[0], prompt.shape[1] + steps), np.int32)
    text[:, : prompt.shape[1]] = prompt
    for place in range(prompt.shape[1], text.shape[1]):
        text[:, place] = np.asarray(model(params, text))[:, place - 1].argmax(-1)
    return jnp.asarray(text)
