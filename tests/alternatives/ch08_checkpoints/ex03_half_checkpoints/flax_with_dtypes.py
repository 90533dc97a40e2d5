"""safetensors' own Flax functions where the header says that JAX has the dtype;
NumPy's as_strided over a buffer of bytes.
"""

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
    if array.dtype == np.int64 and np.all(np.abs(array.astype(np.float64) + 0.5) < 2**31):
        return jnp.asarray(array, dtype=jnp.int32)
    if array.dtype in (np.int64, np.uint64, np.float64, np.complex128):
        raise ValueError(f"entry {name!r} has dtype {array.dtype}")
    return jnp.asarray(array)


def load_safetensors(folder, tied):
    index = Path(folder) / "model.safetensors.index.json"
    loaded = {}
    if index.is_file():
        weight_map = json.loads(index.read_bytes())["weight_map"]
        shards = {shard: [n for n in weight_map if weight_map[n] == shard] for shard in weight_map.values()}
    else:
        shards = {"model.safetensors": None}
    for shard, names in shards.items():
        path = str(Path(folder) / shard)
        with safe_open(path, "flax") as in_jax, safe_open(path, "np") as in_numpy:
            for name in names if names is not None else in_jax.keys():
                wide = in_jax.get_slice(name).get_dtype() in ("I64", "U64", "F64")
                loaded[name] = to_jax(name, in_numpy.get_tensor(name)) if wide else in_jax.get_tensor(name)
    missing = {name: target for name, target in tied.items() if name not in loaded}
    loaded.update({name: loaded[target] for name, target in missing.items()})
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
        if module == "torch":
            if name not in self.STORAGES:
                raise ValueError(f"no storage: torch.{name}")
            return self.STORAGES[name]
        if f"{module}.{name}" not in ("collections.OrderedDict", "torch._utils._rebuild_tensor_v2"):
            raise ValueError(f"not allowed: {module}.{name}")
        return OrderedDict if name == "OrderedDict" else self.rebuild_tensor


def load_torch(path):
    saved = TorchUnpickler(zipfile.ZipFile(path)).load()
    arrays, loaded = {}, {}
    for name, part in saved.items():
        try:
            storage, data, offset, size, stride = part
        except (TypeError, ValueError):
            raise ValueError(f"the entry {name} is not a tensor") from None
        width = data.dtype.itemsize
        if (storage, offset, size, stride) not in arrays:
            strides = tuple(width * step for step in stride)
            view = np.ndarray(size, data.dtype, data.tobytes(), width * offset, strides) if data.size else data.reshape(size)
            arrays[storage, offset, size, stride] = to_jax(name, view)
        loaded[name] = arrays[storage, offset, size, stride]
    return loaded
