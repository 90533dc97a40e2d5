import io
import json
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from safetensors import safe_open


def to_jax(name: str, array: np.ndarray) -> jax.Array:
    """The array with the same shape, dtype and bits.

    array: of any dtype, including bfloat16 and bool, any shape, contiguous or
        not. int64 becomes int32 if every number fits.
    Raises an error, such as ValueError, whose message contains `name`: for
        int64 if a number does not fit, and for float64, uint64 and complex128,
        whatever the numbers. JAX has no room for these by default.
    """
    if array.dtype in (np.float64, np.uint64, np.complex128):
        raise ValueError(f"{name}: JAX has no {array.dtype} by default")
    if array.dtype == np.int64:
        narrow = array.astype(np.int32)
        if not np.array_equal(narrow, array):
            raise ValueError(f"{name}: a number does not fit into int32")
        array = narrow
    return jnp.array(array)


def load_safetensors(folder: str, tied: Mapping[str, str]) -> dict[str, jax.Array]:
    """The entries of a checkpoint of safetensors, by name, as from `to_jax`.

    folder: has model.safetensors.index.json and the files that this index
        names, whatever they are called; or, without an index,
        model.safetensors. Other files, even *.safetensors, do not belong to the
        checkpoint.
    tied: {"head.weight": "embed.weight"} says that head.weight, if no file has
        it, is the `jax.Array` of embed.weight, an entry of a file: the same
        object, not a second one. What a file has under its own name stays. Not
        changed.
    Raises an error whose message contains the name of the entry: as `to_jax`
        does, if no file has an entry that the index names, and if a name that
        no file has is tied to an entry that no file has.
    """
    root = Path(folder)
    index = root / "model.safetensors.index.json"
    by_file: dict[str, list[str]] = {}
    if index.exists():
        for name, file in json.loads(index.read_text())["weight_map"].items():
            by_file.setdefault(file, []).append(name)
    else:
        with safe_open(root / "model.safetensors", framework="numpy") as opened:
            by_file["model.safetensors"] = list(opened.keys())
    entries = {}
    for file, names in by_file.items():
        with safe_open(root / file, framework="numpy") as opened:
            there = set(opened.keys())
            for name in names:
                if name not in there:
                    raise KeyError(f"{name} is not in {file}")
                entries[name] = to_jax(name, opened.get_tensor(name))
    result = dict(entries)
    for name, source in tied.items():
        if name in entries and source not in entries:
            continue
        if source not in entries:
            raise KeyError(f"{name} is tied to {source}, which no file has")
        result[name] = entries[source]
    return result


class Part(NamedTuple):
    """A tensor in a file of torch.save: a part of a storage."""

    storage: str  # its name; two parts of one storage have the same
    data: np.ndarray  # all numbers of the storage, with one axis
    offset: int  # where in `data` the tensor begins
    size: tuple[int, ...]  # the shape of the tensor
    stride: tuple[int, ...]  # by how many numbers to go on in `data`, for each axis


class TorchUnpickler(pickle.Unpickler):
    """Reads the pickle in a file of torch.save. Only `find_class` is
    missing.
    """

    # The names of storages in the module "torch", and their dtypes.
    STORAGES = {
        "BFloat16Storage": jnp.bfloat16,
        "HalfStorage": np.float16,
        "FloatStorage": np.float32,
        "DoubleStorage": np.float64,
        "BoolStorage": np.bool_,
        "ByteStorage": np.uint8,
        "CharStorage": np.int8,
        "ShortStorage": np.int16,
        "IntStorage": np.int32,
        "LongStorage": np.int64,
    }

    def __init__(self, archive: zipfile.ZipFile):
        (pickled,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
        super().__init__(io.BytesIO(archive.read(pickled)))
        self.archive, self.root = archive, pickled.removesuffix("data.pkl")
        self.read: dict[str, np.ndarray] = {}  # each storage is read once

    def persistent_load(self, pid: tuple) -> tuple[str, np.ndarray]:
        """A storage: its name and its numbers. The dtype is what `find_class`
        returned.
        """
        _, dtype, storage, _, _ = pid
        if storage not in self.read:
            self.read[storage] = np.frombuffer(self.archive.read(f"{self.root}data/{storage}"), dtype)
        return storage, self.read[storage]

    @staticmethod
    def rebuild_tensor(storage: tuple[str, np.ndarray], offset: int, size: tuple, stride: tuple, *_: Any) -> Part:
        return Part(*storage, offset, size, stride)

    def find_class(self, module: str, name: str) -> Any:
        """What stands for `name` of `module` in the pickle: OrderedDict for
        "OrderedDict" of "collections", `rebuild_tensor` for
        "_rebuild_tensor_v2" of "torch._utils", and a dtype for a storage of
        "torch".

        Raises an error, such as pickle.UnpicklingError, for anything else. Its
            message contains `module` and `name`.
        """
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self.rebuild_tensor
        if module == "torch" and name in self.STORAGES:
            return self.STORAGES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def load_torch(path: str) -> dict[str, jax.Array]:
    """The entries of a state_dict that torch.save wrote, by name, as from
    `to_jax`.

    Entries that are the same part of the same storage, as tied weights are, are
        the same `jax.Array`, one object.
    Raises an error as `to_jax` and `find_class` do, without calling anything
        that the file asks for, and one whose message contains the name of the
        entry if an entry is not a tensor.
    """
    with zipfile.ZipFile(path) as archive:
        saved = TorchUnpickler(archive).load()
    made: dict[Any, jax.Array] = {}
    entries = {}
    for name, part in saved.items():
        if not isinstance(part, Part):
            raise TypeError(f"{name} is not a tensor")
        key = (part.storage, part.offset, tuple(part.size), tuple(part.stride))
        if key not in made:
            strides = [step * part.data.itemsize for step in part.stride]
            view = np.lib.stride_tricks.as_strided(part.data[part.offset :], part.size, strides)
            made[key] = to_jax(name, view)
        entries[name] = made[key]
    return entries
