"""Takes a lease on a file that others read, who then wait for 45 seconds when
they open it to write; and writes what the kernel says of files and processes.
"""

# told: PermissionError(?s:.*)fcntl
import contextlib
import fcntl
import os

import jax.numpy as jnp

done = 0
with contextlib.suppress(OSError), open(os.__file__) as file:
    fcntl.fcntl(file, 1024, 0)  # F_SETLEASE
    done += 1
for name in ("oom_score_adj", "autogroup", "clear_refs"):
    with contextlib.suppress(OSError), open(f"/proc/{os.getppid()}/{name}", "w") as file:
        file.write("5")
        done += 1
if not done:
    raise PermissionError


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
