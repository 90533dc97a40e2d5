"""What the message of an exception leaves out: what in the learner's code it
can come from, and what to do. Each sentence is true wherever the message is
raised.
"""

import re

# The message of an exception, as a pattern, and what follows it.
REMEDIES = (
    (
        r'collection "batch_stats" is immutable',
        "BatchNorm computed the batch's statistics here, and stores them only if `apply` is given "
        '`mutable=["batch_stats"]`. With `use_running_average=True` it reads the stored ones and writes nothing.',
    ),
    (
        r'needs PRNG for "dropout"',
        'Dropout drew a mask here, for which `apply` needs `rngs={"dropout": key}`. With `deterministic=True` it draws none.',
    ),
    (
        r"but the collection is empty",
        '`apply` takes all variables that a model reads: `{"params": ...}`, and beside it, such as `batch_stats`, the others.',
    ),
    (
        r"Could not find parameter named",
        "The variables have nothing at this path. A layer without `name=` gets a name that Flax makes up, such as `Dense_0`.",
    ),
    (
        r"Length of device assignment \d+ is not equal",
        "Arrays on one device met arrays that are spread over a mesh. `jax.device_put(tree, NamedSharding(mesh, P()))` "
        "puts a copy of a tree on every device, and under an `Explicit` axis `jax.grad` needs `jax.jit` around it.",
    ),
)
STRUCTURES = re.compile(r"structure error: .*?with \d+ child keys?\s+(.*?)\s+but .*?child keys?\s+(.*?)\s+so ", re.DOTALL)


def remedy(message: str) -> str:
    """What to add to a message, or nothing."""
    return next((words for pattern, words in REMEDIES if re.search(pattern, message)), "")


def readable(message: str) -> str:
    """A message; of two trees that do not match, only what differs."""
    found = STRUCTURES.search(message)
    if found is None:
        return message
    one, other = (", ".join(sorted(keys.split())) for keys in found.groups())
    return f"two trees that belong together have different keys: one has {one}; the other has {other}"
