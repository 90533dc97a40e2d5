"""What code can set for its whole process, set back before the next file runs
there: with `--here`, and in sandboxes that files share.
"""

import functools
import warnings
from typing import Any

import numpy as np

from flaxkata.sandbox import jax_private

BY_EXERCISE = ("jax_platforms", "jax_num_cpu_devices")  # `jax_setup.set_devices` has just set these


def restore() -> None:
    """Set back all that has changed since the first call, which comes before
    any file: JAX's settings, NumPy's error state, the filters of warnings.
    """
    import jax

    for name, value in _of_jax().items():
        if jax.config.values[name] != value:
            jax_private.leave_contexts(name)
            jax.config.update(name, value)
    jax_private.look_for_nans_again()
    np.seterr(**_of_numpy())
    if list(warnings.filters) != _of_warnings():
        warnings.resetwarnings()  # so that Python looks at the filters again
        warnings.filters = list(_of_warnings())


@functools.cache
def _of_jax() -> dict[str, Any]:
    import jax

    return {name: value for name, value in jax.config.values.items() if name not in BY_EXERCISE}


@functools.cache
def _of_numpy() -> dict[str, Any]:
    return dict(np.geterr())


@functools.cache
def _of_warnings() -> list[Any]:
    return list(warnings.filters)
