"""Graded checks of 8.3 half_checkpoints: PyTorch writes the files, and the
learner's code reads them in an empty folder.
"""

import argparse
import collections
import contextlib
import io
import json
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from flaxkata.checks import (
    Array,
    ExecutionError,
    as_numpy,
    compare,
    each,
    expect,
    fetch,
    flatten,
    named,
    one_of,
    show_path,
    when,
)

LEARNED = "a checkpoint is bytes with dtypes, shapes and strides; JAX has bfloat16, and no room for int64."

HINTS = (
    "Think of map_location and weights_only of torch.load: a file says what is in it, and you decide what to make of it. Look "
    "at each array's dtype before it becomes a JAX array, as JAX would narrow it without a word.",
    '`json.loads` for the index, `safe_open(file, framework="numpy")` and its `get_tensor(name)`; `array.astype(np.int32)` and '
    "`np.array_equal` for int64; `np.lib.stride_tricks.as_strided(data, shape, strides)`, which counts strides in bytes.",
    "load_safetensors: the files are set(weight_map.values()) or model.safetensors alone; at the end loaded[name] = "
    "loaded[target] for each tied name that is not in loaded. find_class: compare (module, name) with the three cases, then "
    "raise. load_torch: as_strided(part.data[part.offset:], part.size, [s * part.data.itemsize for s in part.stride]), and a "
    "dict of the arrays made so far by (storage, offset, size, stride).",
)

WORDS = {
    "tensor.numpy()": "jnp.bfloat16",
    "torch.load": "pickle.Unpickler",
    "safetensors.torch.load_file": "safetensors.safe_open",
}
TIED = {"head.weight": "embed.weight"}


@pytest.fixture
def folder(inside):
    """The learner's working directory is an empty folder."""
    inside.enter()
    yield
    with contextlib.suppress(ExecutionError):  # if its process is gone, nobody needs the folder
        inside.leave()


def put(inside, files, folder):
    """Lay files into a folder of the learner's working directory."""
    for name, content in files.items():
        inside.write(f"{folder}/{name}", np.frombuffer(content, np.uint8))


def torch_file(saved, name):
    """The bytes that torch.save writes. The name of the file is in them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        torch.save(saved, path)
        return path.read_bytes()


def handmade(pickled):
    """A file like torch.save's with this pickle."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("model/data.pkl", pickled)
    return file.getvalue()


def whole(low, high):
    """A whole number from [low, high), drawn with the check's seed."""
    return int(torch.randint(low, high, ()))


def model(reference, channels=4, blocks=3):
    """The state_dict of a TorchLM; no two of its tensors are equal."""
    made = reference.TorchLM(7, channels, blocks)
    with torch.no_grad():
        for tensor in (*made.parameters(), *made.buffers()):
            if tensor.is_floating_point():
                tensor.normal_()
        made.norm.num_batches_tracked.fill_(whole(2**24, 2**31))
    return made.state_dict()


def halves(*shape):
    """Numbers of bfloat16 with bits drawn at random, and infinities, both
    zeros, and NaNs whose bits are not the usual ones.
    """
    bits = torch.randint(-(2**15), 2**15, shape, dtype=torch.int16)
    bits.view(-1)[:6] = torch.tensor([0x7F80, -0x80, 0, -(2**15), 0x7F81, -1], dtype=torch.int16)
    return bits.view(torch.bfloat16)


def usual_halves(*shape):
    """The same with the usual bits of NaN alone: a right answer may take parts
    of a storage in JAX, and XLA's gather on a CPU makes NaNs alike.
    """
    found = halves(*shape)
    return torch.where(found.isnan(), torch.tensor(float("nan"), dtype=torch.bfloat16), found)


def many():
    """A state_dict of many dtypes and shapes, without bfloat16 and int64."""
    return {
        "block/0.weight": torch.randn(3, 4),
        "fp16": torch.randn(2, 3, 1, 2).half(),
        "mask": torch.rand(7) < 0.5,
        "int8": torch.randint(-128, 128, (5,), dtype=torch.int8),
        "uint8": torch.randint(0, 256, (2, 3), dtype=torch.uint8),
        "int16": torch.randint(-(2**15), 2**15, (1,), dtype=torch.int16),
        "int32": torch.tensor(2**31 - whole(1, 100), dtype=torch.int32),
        "empty": torch.zeros(0, 3),
        "scale": torch.tensor(float("nan")),
    }


def fitting():
    """int64 tensors whose numbers fit into int32."""
    return {
        "steps": torch.tensor(2**24 + 1),
        "limits": torch.tensor([[-(2**31)], [2**31 - 1]]),
        "positions": torch.randint(-100, 100, (2, 3)),
        "none": torch.zeros(2, 0, dtype=torch.int64),
    }


def too_large():
    """int64 tensors with a number that does not fit."""
    numbers = torch.arange(12).reshape(3, 4)
    numbers[1, 2] = 2**32 + whole(0, 100)  # its lower half is one that fits
    return {
        "one above": torch.tensor(2**31),
        "one below": torch.tensor([7, -(2**31) - 1]),
        "one among twelve": numbers,
    }


def as_bytes(tensor):
    narrow = tensor.to(torch.int32) if tensor.dtype == torch.int64 else tensor
    return narrow.contiguous().flatten().view(torch.uint8)


def same(inside, loaded, state_dict, label):
    """Record whether a dict of arrays equals a state_dict, number by number,
    and then bit by bit.
    """
    if not compare(loaded, state_dict, label, tolerance=0):
        return False
    theirs = {name: as_bytes(tensor) for name, tensor in state_dict.items()}
    return compare(inside.bits(loaded), theirs, f"the bytes of {label}", kinds=("numpy.ndarray",))


def one_object(inside, loaded, pairs, label):
    """Record whether two names have the same object, for each pair."""
    held = fetch(inside.first_alike(loaded))
    for name, other in pairs.items():
        words = f"{label} has two arrays for {name} and {other}: the same numbers are in memory twice."
        expect(held[name] == held[other], f"{name} and {other} of {label}", words)


def refused(inside, function, given, parts, label):
    """Record whether a call raises an error whose message contains the
    parts.
    """
    said, returned = fetch(inside.attempt(function, *given))
    leaves = flatten(returned)
    ordered = sorted(leaves.items(), key=lambda leaf: show_path(leaf[0]))  # in whichever order files were read
    values = [as_numpy(leaf).ravel().astype(float) for _, leaf in ordered if isinstance(leaf, Array)]
    came_back = f"{sorted(map(show_path, leaves))}"  # tells one mistake from another
    numbers = np.nan_to_num(np.concatenate([[0], *values]))
    if expect(said is not None, f"the error of {label}", f"{label} raised no error.", numbers, came_back):
        lacking = " and ".join(part for part in parts if part not in said)
        words = f"the message of the error of {label} does not contain {lacking}: {said[:200]}"
        nowhere = "no file" if said.startswith("FileNotFoundError") else ""
        expect(not lacking, f"the message of {label}", words, detail=nowhere)


def test_bits(learner, inside):
    """`to_jax` keeps shape, dtype and bits of bfloat16 and of every other dtype
    that JAX has room for.
    """
    half, wide = halves(32, 2, 16), torch.randn(3, 4, 6)
    given = inside.half(half.view(torch.int16).numpy())
    arrays = {
        "bfloat16": (given, half),
        "bfloat16 with its axes reversed": (inside.turned(given), half.permute(2, 1, 0)),
        "every second number of an array": (inside.steps(wide.numpy()), wide.flip(-1)[..., ::2]),
        "complex64": (torch.randn(2, 3, dtype=torch.complex64),) * 2,
        "uint32": (torch.tensor([2**32 - 1, whole(1, 9)], dtype=torch.uint32),) * 2,
        "uint16": (torch.tensor([2**16 - 1, whole(1, 9)], dtype=torch.uint16),) * 2,
    }
    for tensor in many().values():
        arrays[f"{tensor.dtype}, shape {tuple(tensor.shape)}".removeprefix("torch.")] = tensor, tensor
    label = "to_jax(name, array)"
    for which, (array, expected) in arrays.items():
        with when(f"for {which}"):
            array = array.numpy() if isinstance(array, torch.Tensor) else named(array, "array")
            same(inside, inside.held({"array": learner.to_jax("blocks.0.weight", array)}), {"array": expected}, label)


def test_int64(learner, inside):
    """`to_jax` turns int64 into int32 if every number fits."""
    for name, tensor in fitting().items():
        with when(f"for int64 of shape {tuple(tensor.shape)}"):
            compare(learner.to_jax(name, tensor.numpy()), tensor, "to_jax(name, array)", tolerance=0)


def test_no_room(learner, inside):
    """`to_jax` raises an error that names the entry if JAX has no room for the
    array.
    """
    arrays = {f"int64 with a number that does not fit, {which}": t for which, t in too_large().items()}
    arrays["float64"] = torch.tensor([1.0, 0.5], dtype=torch.float64)  # both would fit
    arrays["float64 of shape ()"] = torch.randn((), dtype=torch.float64)
    arrays["uint64"] = torch.tensor([1, 2], dtype=torch.uint64)
    arrays["complex128"] = torch.randn(2, dtype=torch.complex128)
    for what, tensor in arrays.items():
        name = one_of("blocks.0.weight", "norm.steps", "embed.scale")
        with when(f"for {what}"):
            refused(inside, learner.to_jax, (name, tensor.numpy()), [name], f"to_jax({name!r}, array)")


def test_no_room_in_files(learner, reference, inside, folder):
    """`load_safetensors` and `load_torch` raise the error of `to_jax`, which
    names the entry.
    """
    entries = {
        "a float64 entry": ("scale", torch.randn(3, dtype=torch.float64)),
        "an int64 entry with a number that does not fit": ("seen", too_large()["one among twelve"]),
    }
    for what, (name, tensor) in entries.items():
        state_dict = model(reference) | {name: tensor}
        put(inside, reference.torch_save_files(state_dict, TIED, 3), "run.2")
        put(inside, {"model.pt": torch_file(state_dict, "model.pt")}, "run.2")
        with when(f"for {what}"):
            refused(inside, learner.to_jax, (name, tensor.numpy()), [name], "to_jax(name, array)")
            refused(inside, learner.load_safetensors, ("run.2", TIED), [name], "load_safetensors(folder, tied)")
            refused(inside, learner.load_torch, ("run.2/model.pt",), [name], "load_torch(path)")


def test_file(learner, reference, inside, folder):
    """`load_safetensors` returns every entry of model.safetensors, to the last
    bit, and leaves other files alone.
    """
    first = model(reference, blocks=12)
    del first["head.weight"]
    everything = {**many(), **fitting(), "all": usual_halves(16, 32)}
    stray = {"consolidated.safetensors": save({"tok_embeddings.weight": torch.randn(2, 3)})}
    for where, state_dict in (("run.2", first), (".", everything)):
        with when(f"from the folder {where!r}"):
            put(inside, stray | reference.torch_save_files(state_dict, {}, 1), where)
            same(inside, learner.load_safetensors(where, {}), state_dict, "load_safetensors(folder, {})")


@pytest.mark.points(2)
def test_files(learner, reference, inside, folder):
    """`load_safetensors` returns every entry of the files that the index names,
    and of no other file.
    """
    older = model(reference)
    for where, count in each((("runs/7", 2), ("run.2", 4)), "from the folder {!r} with {} files"):
        state_dict = model(reference, blocks=one_of(2, 11)) | {"all": usual_halves(32, 16)}
        files = reference.torch_save_files(state_dict, TIED, count)
        files["consolidated.safetensors"] = save({"tok_embeddings.weight": torch.randn(2, 3)})
        files["model-00009-of-00009.safetensors"] = save({n: older[n].clone() for n in ("embed.weight", "norm.bias")})
        put(inside, files, where)
        del state_dict["head.weight"]
        same(inside, learner.load_safetensors(where, {}), state_dict, "load_safetensors(folder, {})")
    others = (("z.safetensors", "part-a.st"), ("model.safetensors", "model-2.safetensors"))
    for one, two in each(others, "with files that are called {} and {}"):
        state_dict = {**many(), **fitting()}
        halves = {one: list(state_dict)[::2], two: list(state_dict)[1::2]}
        files = {file: save({name: state_dict[name] for name in names}) for file, names in halves.items()}
        weight_map = {name: file for name in sorted(state_dict) for file in halves if name in halves[file]}
        files["model.safetensors.index.json"] = json.dumps({"weight_map": weight_map}).encode()
        put(inside, files, f"other/{one}")
        same(inside, learner.load_safetensors(f"other/{one}", {}), state_dict, "load_safetensors(folder, {})")


@pytest.mark.points(2)
def test_tied(learner, reference, inside, folder):
    """`load_safetensors` returns one array for two names that are tied, and
    what a file has under its own name.
    """
    label = "load_safetensors(folder, tied)"
    for count in each((1, 3), "with {} file(s)"):
        state_dict = model(reference) | {"blocks.0.table": torch.randn(2, 5)}
        tied = {"head.weight": "embed.weight", "decoder.weight": "embed.weight", "table": "blocks.0.table"}
        state_dict |= {name: state_dict[target] for name, target in tied.items()}
        put(inside, reference.torch_save_files(state_dict, tied, count), f"run.{count}")
        given = named(inside.held(tied), "tied")
        loaded = learner.load_safetensors(f"run.{count}", given)
        if same(inside, loaded, state_dict, label):
            one_object(inside, loaded, tied, label)
        compare(given, tied, "tied after load_safetensors(folder, tied)", reference="the check")
    with when("for a head.weight that a file has"):
        trained = model(reference) | {"head.weight": torch.randn(7, 4)}
        put(inside, reference.torch_save_files(trained, {}, 2), "trained")
        same(inside, learner.load_safetensors("trained", TIED), trained, label)
    with when("for a head.weight that a file has, tied to an entry that no file has"):
        same(inside, learner.load_safetensors("trained", {"head.weight": "decoder.embed.weight"}), trained, label)


def test_incomplete(learner, reference, inside, folder):
    """`load_safetensors` raises an error that names the entry for which the
    files have no tensor.
    """
    files = reference.torch_save_files(model(reference), TIED, 3)
    index = json.loads(files["model.safetensors.index.json"])
    index["weight_map"]["norm.gain"] = index["weight_map"]["norm.weight"]
    put(inside, files | {"model.safetensors.index.json": json.dumps(index).encode()}, "lacking")
    with when("for an entry of the index that its file lacks"):
        refused(inside, learner.load_safetensors, ("lacking", TIED), ["norm.gain"], "load_safetensors(folder, tied)")
    for count in each((1, 2), "for a name tied to an entry that is not there, with {} file(s)"):
        put(inside, reference.torch_save_files(model(reference), TIED, count), f"run.{count}")
        tied = {"decoder.weight": "decoder.embed.weight"}
        refused(
            inside, learner.load_safetensors, (f"run.{count}", tied), ["decoder.embed.weight"], "load_safetensors(folder, tied)"
        )


@pytest.mark.points(2)
def test_torch_file(learner, reference, inside, folder):
    """`load_torch` returns every entry of a file of torch.save, to the last
    bit.
    """
    everything = {**many(), **fitting(), "all": usual_halves(16, 32)}
    files = {"model.pt": everything, "weights.v2.bin": model(reference, blocks=12), "none.pth": {}}
    for name, state_dict in files.items():
        with when(f"for {name}"):
            put(inside, {name: torch_file(state_dict, name)}, "runs")
            same(inside, learner.load_torch(f"runs/{name}"), state_dict, "load_torch(path)")


@pytest.mark.points(2)
def test_views(learner, inside, folder):
    """`load_torch` returns the part of the storage that each entry is:
    transposed, sliced, or a single number.
    """
    for dtype in each((torch.bfloat16, torch.float32), "for {}"):
        table = torch.randn(5, 6).to(dtype)
        square, conv = torch.randn(4, 4).to(dtype), torch.randn(2, 3, 4).to(dtype)
        views = {
            "transposed": table.T,
            "rows": table[2:],
            "first rows": table[:2],
            "two rows": table[1:3],
            "two others": table[3:5],
            "column": table[:, 3],
            "every second": table[1::2, ::2],
            "repeated": table[1:2].expand(3, 6),
            "number": table[3, 4],
            "diagonal": torch.diagonal(table[1:]),
            "turned square": square.T,
            "axes reversed": conv.permute(2, 1, 0),
        }
        for name, base in (("transposed", table), ("turned square", square), ("axes reversed", conv)):
            with when(f"for an entry that is {name}"):
                put(inside, {"one.pt": torch_file({name: views[name]}, "one.pt")}, "runs")
                same(
                    inside,
                    learner.load_torch("runs/one.pt"),
                    {name: base.permute(*reversed(range(base.ndim)))},
                    "load_torch(path)",
                )
        state_dict = {"table": table, "square": square, **views}
        put(inside, {"views.pt": torch_file(state_dict, "views.pt")}, "runs")
        with when("where entries share a storage"):
            same(inside, learner.load_torch("runs/views.pt"), state_dict, "load_torch(path)")
    seen = torch.tensor([2**31, whole(1, 99), -whole(1, 99), -(2**40)])
    state_dict = {"two": seen[1:3], "number": seen[1], "turned": seen[1:3].expand(2, 2).T}
    put(inside, {"seen.pt": torch_file(state_dict, "seen.pt")}, "runs")
    with when("for int64 entries that fit, where the rest of their storage does not"):
        same(inside, learner.load_torch("runs/seen.pt"), state_dict, "load_torch(path)")


def test_torch_tied(learner, reference, inside, folder):
    """`load_torch` returns one array for entries that are the same part of the
    same storage.
    """
    state_dict = model(reference)
    state_dict |= {"slice": state_dict["embed.weight"][1:, 2], "decoder": state_dict["embed.weight"][1:, 2]}
    put(inside, {"model.pt": torch_file(state_dict, "model.pt")}, "runs")
    loaded = learner.load_torch("runs/model.pt")
    if same(inside, loaded, state_dict, "load_torch(path)"):
        one_object(inside, loaded, {"head.weight": "embed.weight", "decoder": "slice"}, "load_torch(path)")


@pytest.mark.points(2)
def test_other_classes(learner, inside, folder):
    """`load_torch` raises an error that names what a pickle asks for besides
    tensors, and calls nothing of it.
    """
    weight = torch.randn(2, 3)
    asking = {
        "a whole module": (torch.nn.Linear(2, 3), ("torch.nn.modules.linear", "Linear")),
        "a state_dict with the arguments of a run in an attribute": (
            carrying(weight, argparse.Namespace(lr=0.1)),
            ("argparse", "Namespace"),
        ),
        "a Counter, of a module that find_class knows": (
            {"weight": weight, "seen": collections.Counter("abb")},
            ("collections", "Counter"),
        ),
        "a torch.Size": ({"weight": weight, "size": weight.shape}, ("torch", "Size")),
        "a call of os.mkdir": ({"weight": weight, "bias": Calling()}, Calling.asks_for),
        "a call of os.mkdir in an attribute": (carrying(weight, Calling()), Calling.asks_for),
    }
    files = {what: (torch_file(saved, "model.pt"), parts) for what, (saved, parts) in asking.items()}
    strangers = {
        "OrderedDict": ("helpers", "torch"),
        "_rebuild_tensor_v2": ("helpers", "torch"),
        "FloatStorage": ("helpers", "torch.cuda"),
        "QInt8Storage": ("torch",),
    }
    for name, module in [(name, module) for name, modules in strangers.items() for module in modules]:
        pickled = b"\x80\x02c" + module.encode() + b"\n" + name.encode() + b"\n)R."
        files[f"{name} of the module {module}"] = handmade(pickled), (module, name)
    for what, (content, parts) in files.items():
        put(inside, {"model.pt": content}, "runs")
        with when(f"for {what}"):
            refused(inside, learner.load_torch, ("runs/model.pt",), parts, "load_torch(path)")
            words = "load_torch(path) made a folder: it called the function that the file names."
            expect(fetch(inside.there()) == ["runs"], "the working directory after load_torch(path)", words)


def carrying(weight, something):
    """A state_dict with something in its attribute _metadata, which torch.save
    writes too.
    """
    state_dict = collections.OrderedDict(weight=weight)
    state_dict._metadata = {"": something}
    return state_dict


class Calling:
    """What is pickled as a call of a function."""

    asks_for = os.mkdir.__module__, "mkdir"

    def __reduce__(self):
        return os.mkdir, ("made by the file",)


def test_entries(learner, inside, folder):
    """`load_torch` raises an error that names an entry that is not a tensor."""
    weight = torch.randn(2, 3)
    files = {
        "an entry that is a number": ({"weight": weight, "epoch": 7}, "epoch"),
        "an entry that is a state_dict": ({"weights": collections.OrderedDict(weight=weight)}, "weights"),
        "an entry that is None": ({"bias": None, "weight": weight}, "bias"),
        "an entry that is a tuple of numbers": ({"weight": weight, "betas": (0.9, 0.999)}, "betas"),
    }
    for what, (saved, name) in files.items():
        put(inside, {"model.pt": torch_file(saved, "model.pt")}, "runs")
        with when(f"for {what}"):
            refused(inside, learner.load_torch, ("runs/model.pt",), [name], "load_torch(path)")
