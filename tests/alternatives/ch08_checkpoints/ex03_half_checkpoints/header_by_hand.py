"""The header of safetensors read by hand, without the package; parts picked out
of a storage by their positions, which NumPy checks.
"""

import io
import json
import pickle
import struct
import zipfile
from collections import OrderedDict
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

DTYPES = {"BF16": jnp.bfloat16, "F16": np.float16, "F32": np.float32, "F64": np.float64, "BOOL": np.bool_}
DTYPES |= {f"{kind}{bits}": np.dtype(f"{kind.lower()}{bits // 8}") for kind in "IU" for bits in (8, 16, 32, 64)}
NO_ROOM = ("float64", "int64", "uint64", "complex128")


def to_jax(name, array):
    if array.dtype == np.int64:
        limits = np.iinfo(np.int32)
        if array.size == 0 or (array.min() >= limits.min and array.max() <= limits.max):
            array = array.astype(np.int32)
    assert array.dtype.name not in NO_ROOM, f"no room for the {array.dtype} of {name}"
    return jnp.array(array)


def entries(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        for name, entry in header.items():
            if name != "__metadata__":
                start, end = entry["data_offsets"]
                file.seek(8 + length + start)
                yield name, np.frombuffer(file.read(end - start), DTYPES[entry["dtype"]]).reshape(entry["shape"])


def load_safetensors(folder, tied):
    wanted = None
    try:
        with open(f"{folder}/model.safetensors.index.json") as file:
            wanted = json.load(file)["weight_map"]
        files = sorted(set(wanted.values()))
    except FileNotFoundError:
        files = ["model.safetensors"]
    loaded = {}
    for file in files:
        loaded.update((name, to_jax(name, array)) for name, array in entries(f"{folder}/{file}"))
    if wanted is not None and (missing := wanted.keys() - loaded.keys()):
        raise LookupError(f"no file has {missing}")
    for name, target in tied.items():
        if name not in loaded:
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
        match module, name:
            case "collections", "OrderedDict":
                return OrderedDict
            case "torch._utils", "_rebuild_tensor_v2":
                return self.rebuild_tensor
            case "torch", name if name in self.STORAGES:
                return self.STORAGES[name]
        raise pickle.UnpicklingError(f"the file asks for {name} of {module}")


def picked(part):
    at = np.full(part.size, part.offset)
    for axis, (size, step) in enumerate(zip(part.size, part.stride, strict=True)):
        at += step * np.arange(size).reshape([-1 if i == axis else 1 for i in range(len(part.size))])
    return part.data[at]


def load_torch(path):
    saved = TorchUnpickler(zipfile.ZipFile(path)).load()
    made = {}
    for name, part in saved.items():
        if type(part) is not Part:
            raise TypeError(f"{name} is a {type(part).__name__}")
        key = (part.storage, *part[2:])
        made[key] = made[key] if key in made else to_jax(name, np.asarray(picked(part)))
    return {name: made[part.storage, *part[2:]] for name, part in saved.items()}
