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
    if array.dtype in (np.float64, np.uint64, np.complex128):
        raise ValueError(f"{name}: JAX has no {array.dtype}")
    if array.dtype == np.int64:
        limits = np.iinfo(np.int32)
        if not ((array >= limits.min) & (array <= limits.max)).all():
            raise ValueError(f"{name}: a number does not fit into int32")
        array = array.astype(np.int32)
    return jnp.array(array)


def load_safetensors(folder: str, tied: Mapping[str, str]) -> dict[str, jax.Array]:
    root = Path(folder)
    index = root / "model.safetensors.index.json"
    if index.exists():
        weight_map = json.loads(index.read_text())["weight_map"]
        files = [root / file for file in dict.fromkeys(weight_map.values())]
    else:
        weight_map = {}
        files = [root / "model.safetensors"]
    entries: dict[str, jax.Array] = {}
    for file in files:
        if index.exists() and not file.exists():
            continue  # reported below, by the names of its entries
        with safe_open(file, framework="numpy") as opened:
            for name in list(opened.keys()):
                entries[name] = to_jax(name, opened.get_tensor(name))
    for name in weight_map:
        if name not in entries:
            raise ValueError(f"no file has {name}")
    result = dict(entries)
    for name, source in tied.items():
        if name in entries:
            continue
        if source not in result:
            raise ValueError(f"{name} is tied to {source}, which no file has")
        result[name] = result[source]
    return result


class Part(NamedTuple):
    storage: str  # its name; two parts of one storage have the same
    data: np.ndarray  # all numbers of the storage, with one axis
    offset: int  # where in `data` the tensor begins
    size: tuple[int, ...]  # the shape of the tensor
    stride: tuple[int, ...]  # by how many numbers to go on in `data`, for each axis


class TorchUnpickler(pickle.Unpickler):
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
        _, dtype, storage, _, _ = pid
        if storage not in self.read:
            self.read[storage] = np.frombuffer(self.archive.read(f"{self.root}data/{storage}"), dtype)
        return storage, self.read[storage]

    @staticmethod
    def rebuild_tensor(storage: tuple[str, np.ndarray], offset: int, size: tuple, stride: tuple, *_: Any) -> Part:
        return Part(*storage, offset, size, stride)

    def find_class(self, module: str, name: str) -> Any:
        if module == "collections" and name == "OrderedDict":
            return OrderedDict
        if module == "torch._utils" and name == "_rebuild_tensor_v2":
            return self.rebuild_tensor
        if module == "torch" and name in self.STORAGES:
            return self.STORAGES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def strided(part: Part) -> np.ndarray:
    strides = [step * part.data.itemsize for step in part.stride]
    return np.lib.stride_tricks.as_strided(part.data[part.offset :], part.size, strides)


def load_torch(path: str) -> dict[str, jax.Array]:
    with zipfile.ZipFile(path) as archive:
        saved = TorchUnpickler(archive).load()
    done: dict[tuple, jax.Array] = {}
    result = {}
    for name, part in saved.items():
        if not isinstance(part, Part):
            raise ValueError(f"{name} is not a tensor")
        key = (part.storage, part.offset, tuple(part.size), tuple(part.stride))
        if key not in done:
            done[key] = to_jax(name, strided(part))
        result[name] = done[key]
    return result
