import io
import json
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from safetensors import safe_open


def to_jax(name, array):
    if array.dtype == np.int64 and np.array_equal(array, array.astype(np.int32)):
        return jnp.asarray(array.astype(np.int32))
    if array.dtype in (np.int64, np.uint64, np.float64, np.complex128):
        raise ValueError(f"{name}: JAX has no room for {array.dtype}")
    return jnp.asarray(array)


def load_safetensors(folder, tied):
    index = Path(folder, "model.safetensors.index.json")
    if index.exists():
        weight_map = json.loads(index.read_text())["weight_map"]
    else:
        with safe_open(Path(folder, "model.safetensors"), framework="numpy") as opened:
            weight_map = dict.fromkeys(opened.keys(), "model.safetensors")
    loaded = {}
    for file in set(weight_map.values()):
        with safe_open(Path(folder, file), framework="numpy") as opened:
            for name in weight_map:
                if weight_map[name] == file:
                    loaded[name] = to_jax(name, opened.get_tensor(name))
    for name, target in tied.items():
        if target not in loaded:
            raise KeyError(f"{name} is tied to {target}, which no file has")
        loaded[name] = loaded[target]
    return loaded


class Part(NamedTuple):
    storage: str
    data: np.ndarray
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


class TorchUnpickler(pickle.Unpickler):
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

    def __init__(self, archive):
        (pickled,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
        super().__init__(io.BytesIO(archive.read(pickled)))
        self.archive, self.root = archive, pickled.removesuffix("data.pkl")
        self.read = {}

    def persistent_load(self, pid):
        _, dtype, storage, _, _ = pid
        if storage not in self.read:
            self.read[storage] = np.frombuffer(self.archive.read(f"{self.root}data/{storage}"), dtype)
        return storage, self.read[storage]

    @staticmethod
    def rebuild_tensor(storage, offset, size, stride, *_):
        return Part(*storage, offset, size, stride)

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self.rebuild_tensor
        if module == "torch" and name in self.STORAGES:
            return self.STORAGES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def load_torch(path):
    with zipfile.ZipFile(path) as archive:
        saved = TorchUnpickler(archive).load()
    loaded, parts = {}, {}
    for name, part in saved.items():
        if not isinstance(part, Part):
            raise ValueError(f"{name} is not a tensor")
        which = part.storage, part.offset, part.size, part.stride
        if which not in parts:
            strides = [step * part.data.itemsize for step in part.stride]
            array = np.lib.stride_tricks.as_strided(part.data[part.offset :], part.size, strides)
            parts[which] = to_jax(name, array)
        loaded[name] = parts[which]
    return loaded
