import functools
import io
import json
import operator
import os
import pickle
import zipfile
from collections import OrderedDict
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file


def to_jax(name, array):
    if array.dtype.kind == "i" and array.itemsize == 8:
        narrow = array.astype("int32")
        if (narrow != array).any():
            raise OverflowError(name)
        return jax.device_put(narrow)
    if array.dtype.kind in "fuc" and array.dtype != jax.dtypes.canonicalize_dtype(array.dtype):
        raise TypeError(f"{array.dtype} of {name}")
    if array.dtype == jnp.bfloat16:
        bits = np.ascontiguousarray(array).reshape(array.shape).view(np.uint16)
        return jax.lax.bitcast_convert_type(jnp.asarray(bits), jnp.bfloat16)
    return jax.device_put(array)


def tie(loaded, pair):
    name, target = pair
    return loaded if name in loaded else {name: loaded[target], **loaded}


def load_safetensors(folder, tied):
    if "model.safetensors.index.json" in os.listdir(folder):
        with open(os.path.join(folder, "model.safetensors.index.json"), "rb") as file:
            weight_map = json.load(file)["weight_map"]
        shards = {shard: load_file(os.path.join(folder, shard)) for shard in set(weight_map.values())}
        arrays = {name: shards[shard][name] for name, shard in weight_map.items()}
    else:
        arrays = load_file(os.path.join(folder, "model.safetensors"))
    loaded = {name: to_jax(name, array) for name, array in arrays.items()}
    return functools.reduce(tie, tied.items(), loaded)


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
        known = {f"torch.{storage}": dtype for storage, dtype in self.STORAGES.items()}
        known["collections.OrderedDict"] = OrderedDict
        known["torch._utils._rebuild_tensor_v2"] = self.rebuild_tensor
        return known[f"{module}.{name}"]


def load_torch(path):
    with zipfile.ZipFile(path) as archive:
        saved = TorchUnpickler(archive).load()
    storages, parts = {}, {}

    def array(name, part):
        if not hasattr(part, "storage"):
            raise ValueError(f"{name}: {part!r}")
        if part.storage not in storages:
            storages[part.storage] = to_jax(name, part.data)
        if part[2:] not in parts.setdefault(part.storage, {}):
            steps = [np.arange(size) * stride for size, stride in zip(part.size, part.stride, strict=True)]
            at = functools.reduce(operator.add, np.ix_(*steps), np.array(part.offset))
            parts[part.storage][part[2:]] = storages[part.storage][at.astype(np.int32)]
        return parts[part.storage][part[2:]]

    return {name: array(name, part) for name, part in saved.items()}
