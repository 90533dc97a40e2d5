"""8.3 half_checkpoints: bfloat16 checkpoints, read without PyTorch

Checkpoints of large models are bfloat16, and the common way to NumPy ends
there: NumPy has no such dtype, so `tensor.numpy()` raises TypeError. JAX brings
the dtype along, in the package ml_dtypes. `jnp.bfloat16` is that dtype for
NumPy arrays too, and `jnp.asarray` takes such an array as it is. A detour over
float32 needs twice the memory, and it changes 252 of the 65,536 values that 16
bits can have, all of them NaN.

Where JAX has no dtype for an array, it takes a narrower one without an error:
the int64 number 2**32 + 5 becomes the int32 number 5, and float64 becomes
float32. `safe_open(file, framework="flax")` does the same. So let NumPy read
the file, and look at the dtypes before JAX does.

There are two kinds of files. With the package safetensors:

    with safe_open(file, framework="numpy") as opened:
        for name in opened.keys():
            array = opened.get_tensor(name)        # this entry alone is read

A large checkpoint is split into several files. `model.safetensors.index.json`
beside them has a "weight_map", a dict with the name of the file of each entry.
A tied weight is in the files once, under one of its names.

`torch.save` writes a zip file. `data/0`, `data/1` and so on in it are storages,
the bytes of tensors. `data.pkl` is a pickle: it says for each entry which part
of a storage it is. A transposed tensor is the same bytes with other strides,
and tied weights are the same part of the same storage.

A pickle is a program: it names functions, and `pickle.load` calls them. They
may as well remove your files. `find_class` of `pickle.Unpickler` is asked for
each name. PyTorch's `torch.load` accepts only a list of names, and so must you.
TorchUnpickler below does the rest: with your `find_class`, its `load()` returns
what was saved, with a `Part` in place of each tensor.

Write `to_jax`, `find_class` and the two functions that load.

After 8.1. About 30 minutes.

https://huggingface.co/docs/safetensors/index
"""

# --- PyTorch ---
import json
from collections.abc import Mapping

import torch
from safetensors.torch import save


class TorchLM(torch.nn.Module):
    """A bfloat16 model with a tied head. Only its weights matter here."""

    def __init__(self, vocab: int, channels: int, blocks: int):
        super().__init__()
        self.embed = torch.nn.Embedding(vocab, channels)
        self.norm = torch.nn.BatchNorm1d(channels)
        self.blocks = torch.nn.ModuleList(torch.nn.Linear(channels, channels + 2) for _ in range(blocks))
        self.head = torch.nn.Linear(channels, vocab, bias=False)
        self.head.weight = self.embed.weight
        self.bfloat16()  # all but norm.num_batches_tracked, which stays int64


def torch_save_files(state_dict: Mapping[str, torch.Tensor], tied: Mapping[str, str], count: int) -> dict[str, bytes]:
    """The files of a checkpoint, by their names, as transformers writes them:
    a tied weight once, and an index if there are several files.
    """
    names = [name for name in state_dict if name not in tied]
    if count == 1:
        return {"model.safetensors": save({name: state_dict[name] for name in names}, {"format": "pt"})}
    shards = {f"model-{i + 1:05}-of-{count:05}.safetensors": names[i::count] for i in range(count)}
    files = {file: save({name: state_dict[name] for name in some}, {"format": "pt"}) for file, some in shards.items()}
    weight_map = {name: file for file, some in shards.items() for name in some}
    files["model.safetensors.index.json"] = json.dumps({"metadata": {}, "weight_map": weight_map}).encode()
    return files


# --- JAX ---
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
    raise NotImplementedError("8.3 half_checkpoints: your code here")


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
        no file has is tied to one that neither a file nor `tied` has.
    """
    raise NotImplementedError("8.3 half_checkpoints: your code here")


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
        raise NotImplementedError("8.3 half_checkpoints: your code here")


def load_torch(path: str) -> dict[str, jax.Array]:
    """The entries of a state_dict that torch.save wrote, by name, as from
    `to_jax`.

    Entries that are the same part of the same storage, as tied weights are, are
        the same `jax.Array`, one object.
    For int64, the numbers of the entry alone must fit, not the rest of its
        storage.
    Raises an error as `to_jax` and `find_class` do, without calling anything
        that the file asks for, and one whose message contains the name of the
        entry if an entry is not a tensor.
    """
    raise NotImplementedError("8.3 half_checkpoints: your code here")
