"""What runs beside the learner's code for 8.3 half_checkpoints: a folder with
the files that a check hands over.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

_left: list[str] = []  # the working directory before `enter`


def enter() -> None:
    """Make an empty folder the working directory; `leave` undoes it."""
    _left.append(os.getcwd())
    os.chdir(tempfile.mkdtemp(prefix="half_checkpoints-"))


def leave() -> None:
    """Go back and remove the folder of `enter`, if there is one."""
    if _left:
        folder = os.getcwd()
        os.chdir(_left.pop())
        shutil.rmtree(folder, ignore_errors=True)


def write(path: str, content: np.ndarray) -> None:
    """Write a file, given as uint8; its folder is made."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content.tobytes())


def there() -> list[str]:
    """What lies in the working directory."""
    return sorted(os.listdir())


def held(given: Any) -> Any:
    """An object that stays here, to see what calls do to it."""
    return given


def half(bits: np.ndarray) -> np.ndarray:
    """A NumPy array of bfloat16 with these bits, uint16."""
    return bits.view(jnp.bfloat16)


def turned(array: np.ndarray) -> np.ndarray:
    """The same memory with the axes reversed, as a transposed tensor has it."""
    return array.T


def steps(array: np.ndarray) -> np.ndarray:
    """Every second number, backwards."""
    return array[..., ::-2]


def bits(loaded: Any) -> dict[str, np.ndarray]:
    """The bytes of each array, by name: one axis of uint8."""
    return {name: np.asarray(array).reshape(-1).view(np.uint8) for name, array in loaded.items()}


def first_alike(loaded: Any) -> dict[str, str]:
    """For each name the first, as text, of those that have the same object."""
    return {name: min(other for other in loaded if loaded[other] is loaded[name]) for name in loaded}


def attempt(function: Any, *given: Any) -> tuple[str | None, Any]:
    """The message of the error that a call raises, or what it returns. The
    stub's error is passed on.
    """
    try:
        return None, function(*given)
    except Exception as error:
        if "your code here" in str(error):
            raise
        return f"{type(error).__name__}: {error}", None
