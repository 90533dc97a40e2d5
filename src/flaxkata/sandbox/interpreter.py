"""Answers the judge's questions about objects that stay here."""

import contextlib
import functools
import gc
import importlib
import operator
import os
import sys
import traceback
from typing import Any

import numpy as np

from flaxkata import wire
from flaxkata.sandbox import jax_setup, loader

MAX_TEXT = 2000  # characters of an exception's message that travel
MAX_LINE = 300  # and of a line of code


class Interpreter:
    """Objects by number, and what can be asked about them."""

    def __init__(self, reraised: tuple[type[BaseException], ...] = (), protections: list[str] | None = None) -> None:
        """Exceptions of the types `reraised` are not answers. `protections` is
        what confines this process, as text.
        """
        self.objects: list[Any] = []
        self.reraised = reraised
        self.protections = protections or []

    def answer(self, question: dict[str, Any], payload: bytes | bytearray) -> tuple[dict[str, Any], list[np.ndarray]]:
        """The reply to one question: `{"ok": value}` or `{"error": {...}}`, and
        its arrays.
        """
        try:
            value = getattr(self, "do_" + question["do"])(question, payload)
            tree, arrays = wire.encode(value, describe)
            wire.pack({"ok": tree}, arrays)
            return {"ok": tree}, arrays
        except self.reraised:
            raise
        except BaseException as error:  # exit() and the learner's own BaseExceptions too
            return {"error": failure(error)}, []

    def _new_ref(self, thing: Any) -> wire.Ref:
        self.objects.append(thing)
        return wire.Ref(len(self.objects) - 1)

    def _value(self, question: dict[str, Any], payload: bytes | bytearray) -> Any:
        return wire.decode(question["value"], payload, self._object)

    def _object(self, leaf: Any) -> Any:
        import jax

        match leaf:
            case wire.Ref(id):
                return self.objects[id]
            case wire.Array(kind="jax.Array"):
                # jnp.array compiles a program for each shape: 2.5 ms or more, 30 times in an exercise.
                data = np.asarray(leaf.value, dtype=jax.numpy.dtype(leaf.dtype))
                return jax.device_put(data, may_alias=False)
            case wire.Array():
                return leaf.value
        raise TypeError(f"{leaf} cannot be an argument")

    def do_hello(self, question: dict[str, Any], payload: bytes | bytearray) -> list[Any]:
        """[platform, name of the device, what confines this process]. Asked
        before a learner's code is loaded, and what the last one set is set
        back.
        """
        device = jax_setup.first_device(question["precision"])
        return [device.platform, device.device_kind, self.protections]

    def do_forget(self, question: dict[str, Any], payload: bytes | bytearray) -> None:
        """Drop all objects and modules; what JAX compiled stays."""
        self.objects.clear()
        loader.unload_all()
        gc.collect()
        jax_setup.collect_garbage_rarely()

    def do_mark(self, question: dict[str, Any], payload: bytes | bytearray) -> None:
        """Print a mark, so that the judge knows what was printed before it."""
        for stream in (sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(Exception):  # a learner's code may have closed it
                stream.flush()  # type: ignore[union-attr]
        os.write(1, question["mark"].encode())

    def do_load(self, question: dict[str, Any], payload: bytes | bytearray) -> wire.Ref:
        return self._new_ref(loader.load(question["path"], question["source"], question["name"]))

    def do_import(self, question: dict[str, Any], payload: bytes | bytearray) -> wire.Ref:
        return self._new_ref(importlib.import_module(question["name"]))

    def do_names(self, question: dict[str, Any], payload: bytes | bytearray) -> list[str]:
        """What a module defines itself."""
        space = vars(self.objects[question["id"]])
        return [n for n, v in space.items() if getattr(v, "__module__", None) == space["__name__"]]

    def do_get(self, question: dict[str, Any], payload: bytes | bytearray) -> wire.Ref:
        return self._new_ref(getattr(self.objects[question["id"]], question["name"]))

    def do_item(self, question: dict[str, Any], payload: bytes | bytearray) -> wire.Ref:
        return self._new_ref(self.objects[question["id"]][self._value(question, payload)])

    def do_call(self, question: dict[str, Any], payload: bytes | bytearray) -> wire.Ref:
        given = self._value(question, payload)
        return self._new_ref(self.objects[question["id"]](*given["args"], **given["kwargs"]))

    def do_keep(self, question: dict[str, Any], payload: bytes | bytearray) -> wire.Ref:
        """What is given, as an object here."""
        return self._new_ref(self._value(question, payload))

    def do_result(self, question: dict[str, Any], payload: bytes | bytearray) -> Any:
        """What a call returns, itself: it is not kept here."""
        given = self._value(question, payload)
        return self.objects[question["id"]](*given["args"], **given["kwargs"])

    def do_sums(self, question: dict[str, Any], payload: bytes | bytearray) -> list[Any]:
        """Leaves by path, each added to an array; [[path, array], ...] is
        given.
        """
        tree = self.objects[question["id"]]
        asked = self._value(question, payload)
        return [_numbers(functools.reduce(operator.getitem, path, tree)) + amount for path, amount in asked]

    def do_fetch(self, question: dict[str, Any], payload: bytes | bytearray) -> Any:
        return self.objects[question["id"]]


def describe(thing: Any) -> wire.Array | wire.Spec | wire.Opaque:
    """How something that is not plain data travels: its kind, and its data as a
    fresh copy.
    """
    import jax

    if isinstance(thing, jax.Array):
        if jax.dtypes.issubdtype(thing.dtype, jax.dtypes.prng_key):
            return wire.Array("jax.Array", "uint32", np.asarray(jax.random.key_data(thing)))
        return _array("jax.Array", str(thing.dtype), thing)
    if isinstance(thing, jax.ShapeDtypeStruct):
        return wire.Spec(tuple(thing.shape), str(thing.dtype))
    if isinstance(thing, np.ndarray | np.generic):
        kind = "numpy.ndarray" if isinstance(thing, np.ndarray) else f"numpy.{type(thing).__name__}"
        return _array(kind, str(thing.dtype), thing)
    if type(thing).__module__ == "torch" and hasattr(thing, "detach"):
        return _array("torch.Tensor", str(thing.dtype).removeprefix("torch."), thing.detach().cpu().float().numpy())
    return wire.Opaque(_type_name(type(thing)))


def _numbers(leaf: Any) -> Any:
    return leaf if isinstance(leaf, int | float | complex) else describe(leaf).value  # type: ignore[union-attr]


def _array(kind: str, dtype: str, thing: Any) -> wire.Array | wire.Opaque:
    if dtype not in wire.DTYPES:
        return wire.Opaque(f"{kind} of dtype {dtype}")
    size = int(np.prod(thing.shape, dtype=object)) * wire.DTYPES[dtype].itemsize
    if size > wire.MAX_ARRAYS:
        raise wire.TooLarge(f"{size / 1e6:,.0f} MB in one array; the limit is {wire.MAX_ARRAYS / 1e6:.0f} MB")
    # np.asarray first: a subclass of ndarray could lie about its contents in comparisons
    return wire.Array(kind, dtype, np.array(np.asarray(thing), dtype=wire.DTYPES[dtype], copy=True))


def failure(error: BaseException) -> dict[str, Any]:
    """An exception as plain data: its type, its message, and the frames in
    files that we loaded.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if f.filename in loader.loaded]
    return {
        "kind": _type_name(type(error)),
        "message": _message(error)[:MAX_TEXT],
        "frames": [[f.filename, f.lineno or 0, f.name[:MAX_LINE], (f.line or "")[:MAX_LINE]] for f in ours[-5:]],
        "innermost": frames[-1].filename if frames else "",
    }


def _type_name(kind: type) -> str:
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return name[: wire.MAX_NAME]


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException as second:  # a learner's own __str__
        return f"(its message could not be read: {type(second).__name__})"
    if isinstance(error, SyntaxError) and error.filename:
        line = (error.text or "").strip()
        return f"{error.msg} (line {error.lineno}){': ' + line if line else ''}"
    return text
