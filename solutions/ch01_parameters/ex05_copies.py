"""1.5 copies: What a copy shares: copy.copy and copy.deepcopy

`copy.copy(model)` of a PyTorch module is a second module around the same
tensors: fill the copy's bias, and the original's is filled too.
`copy.deepcopy(model)` copies the tensors as well. Parameters in JAX are nested
dicts, and the same two functions treat them as they treat any nested list:
`copy.copy` makes a new outer container and keeps the inner ones,
`copy.deepcopy` makes all of them new. Two rules explain everything below:

- Writing into a container (`c[key] = v`, `c.append(v)`) is seen by everyone who
  holds that same container.
- `name = v` writes into no container. It makes the name refer to something
  else.

First predict, without running them, what ten small programs do: `predict_lists`
and `predict_params`. Each program is below, in the PyTorch section. It receives
`original`, and assigns something to a copy or to another name. The question is
always the same: what does the caller find in `original` afterwards?

Then write `branch`, to try something on parameters without risk to the
originals.

After 1.4. About 15 minutes.

https://docs.python.org/3/library/copy.html
"""

# --- PyTorch ---
import copy

import torch


def torch_shallow(model: torch.nn.Module) -> None:
    """`model.fc1.bias` is 7 afterwards: both modules hold the same tensor."""
    other = copy.copy(model)
    with torch.no_grad():
        other.fc1.bias.fill_(7.0)


def torch_deep(model: torch.nn.Module) -> None:
    """`model` does not change."""
    other = copy.deepcopy(model)
    with torch.no_grad():
        other.fc1.bias.fill_(7.0)


# Programs on lists; each receives original = [1, [2, 3], 4].


def list_assign(original):
    other = original
    other[0] = 9


def list_copy_outer(original):
    other = copy.copy(original)
    other[0] = 9


def list_copy_inner(original):
    other = copy.copy(original)
    other[1][0] = 9


def list_copy_replace(original):
    other = copy.copy(original)
    other[1] = [9, 3]


def list_deepcopy_inner(original):
    other = copy.deepcopy(original)
    other[1][0] = 9


# Programs on parameters; each receives original =
# {"params": {"fc1": {"kernel": ..., "bias": ...}, "fc2": {...}}}.


def params_copy(original):
    other = copy.copy(original)
    other["params"]["fc1"]["bias"] = other["params"]["fc1"]["bias"] + 1


def params_two_levels(original):
    other = dict(original)
    other["params"] = dict(original["params"])
    other["params"]["fc1"]["bias"] = other["params"]["fc1"]["bias"] + 1


def params_name(original):
    bias = original["params"]["fc1"]["bias"]
    bias += 1


def params_replace_layer(original):
    other = {"params": dict(original["params"])}
    other["params"]["fc1"] = {"kernel": other["params"]["fc1"]["kernel"], "bias": other["params"]["fc1"]["bias"] + 1}


def params_deepcopy(original):
    other = copy.deepcopy(original)
    other["params"]["fc1"]["bias"] = other["params"]["fc1"]["bias"] + 1


# --- JAX ---
import copy
from typing import Any


def predict_lists() -> dict[str, list]:
    """What `original` is after each program on lists.

    Returns {"list_assign": [...], ...}: five entries, each a list like the
    original, for list_assign, list_copy_outer, list_copy_inner,
    list_copy_replace and list_deepcopy_inner.
    """
    # <solution>
    return {
        "list_assign": [9, [2, 3], 4],  # no copy at all: two names for one list
        "list_copy_outer": [1, [2, 3], 4],  # the outer list is new, and only it was written to
        "list_copy_inner": [1, [9, 3], 4],  # the inner list is the same one
        "list_copy_replace": [1, [2, 3], 4],  # only the new outer list was written to
        "list_deepcopy_inner": [1, [2, 3], 4],  # nothing is shared
    }
    # </solution>


def predict_params() -> dict[str, bool]:
    """Whether the bias of fc1 in `original` has changed after each program on
    parameters.

    Returns {"params_copy": True or False, ...}: five entries, True where it
    changed, for params_copy, params_two_levels, params_name,
    params_replace_layer and params_deepcopy.
    """
    # <solution>
    return {
        "params_copy": True,  # "params" and "fc1" are the same dicts as before
        "params_two_levels": True,  # "fc1" is still the same dict
        "params_name": False,  # an array has no in-place +=: the name means a new array, the dict keeps the old one
        "params_replace_layer": False,  # every dict that was written to is new
        "params_deepcopy": False,
    }
    # </solution>


def branch(variables: Any) -> Any:
    """Variables that are equal to `variables` and share no container with them,
    at any depth.

    variables: dicts, nested to any depth and none of them empty, with string
    keys and `jax.Array` leaves, which can lie beside dicts; a leaf can be a
    `jax.random.key(0)`. It stays as it is, its dicts in their places. Returns
    the same entries in new dicts (or in a FrozenDict), each time. Arrays
    may be shared: nobody can write to them.
    """
    # <solution>
    # deepcopy copies the arrays as well.
    # `jax.tree.map(lambda leaf: leaf, variables)` makes new dicts around the
    # same arrays; it is as safe, and does not double the memory.
    return copy.deepcopy(variables)
    # </solution>
