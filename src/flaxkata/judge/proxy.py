"""Handles: they read like the objects in the sandbox, so that a graded check
reads as if both sides stood here.
"""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from flaxkata import wire
from flaxkata.judge.errors import LearnerError, Unloadable

MOST_NAMES = 1000  # of a module, among which one that it lacks is looked for
SHORT = 24  # characters of an argument that are shown


class Answering(Protocol):
    """What answers a handle's questions: an executor."""

    stub_reached: bool

    def ask(self, where: str, do: str, value: Any = None, **question: Any) -> Any: ...

    def handle(self, where: str, do: str, value: Any = None, **question: Any) -> "Handle": ...


class Handle:
    """An object over there. Attribute, item and call give handles again;
    `fetch` gives data.
    """

    __slots__ = ("_executor", "_expression", "_id")
    __iter__ = None  # Python would try items 0, 1, 2, ... one round trip each

    def __init__(self, executor: Answering, id: int, expression: str) -> None:
        self._executor, self._id, self._expression = executor, id, expression

    def __repr__(self) -> str:
        return self._expression

    def __bool__(self) -> bool:
        raise TypeError(f"{self._expression} is over there; fetch() it first")

    def __getattr__(self, name: str) -> "Handle":
        if name.startswith("__"):
            raise AttributeError(name)
        where = f"{self._expression}.{name}" if self._expression else name
        return self._executor.handle(where, "get", id=self._id, name=name)

    def __getitem__(self, key: Any) -> "Handle":
        return self._executor.handle(f"{self._expression}[{show(key)}]", "item", key, id=self._id)

    def __call__(self, *args: Any, **kwargs: Any) -> "Handle":
        shown = [show(a) for a in args] + [f"{k}={show(v)}" for k, v in kwargs.items()]
        return self._call(f"{self._expression}({', '.join(shown)})", args, kwargs)

    def _call(self, where: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> "Handle":
        return self._executor.handle(where, "call", {"args": args, "kwargs": kwargs}, id=self._id)


class CachedHandle(Handle):
    """A module of ours or a library, whose attributes stay what they are: each
    is asked for once.
    """

    __slots__ = ("_attributes",)

    def __init__(self, executor: Answering, id: int, expression: str) -> None:
        super().__init__(executor, id, expression)
        self._attributes: dict[str, CachedHandle] = {}

    def __getattr__(self, name: str) -> Handle:
        if name not in self._attributes:
            found = super().__getattr__(name)
            self._attributes[name] = CachedHandle(found._executor, found._id, found._expression)
        return self._attributes[name]


class ModuleHandle(Handle):
    """The learner's module; a name that it lacks is explained."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Handle:
        try:
            return super().__getattr__(name)
        except LearnerError as error:
            if error.kind != "AttributeError":
                raise
        names = self._executor.ask(name, "names", id=self._id)
        near = difflib.get_close_matches(name, [n for n in names if isinstance(n, str)][:MOST_NAMES], n=1)
        nearest = f" It has `{near[0]}`: was it renamed?" if near else ""
        raise Unloadable(f"`{name}`", "AttributeError", f"the file has no `{name}`, which the checks call.{nearest}")


class Deferred:
    """Reads like what `get` gives, and asks for it only when it is used: so
    that its failures belong to the check. `used` collects the names that were
    asked for.
    """

    def __init__(self, get: Callable[[], Any], used: set[str] | None = None) -> None:
        self._get, self._used = get, used

    def __getattr__(self, name: str) -> Any:
        if self._used is not None:
            self._used.add(name)
        return getattr(self._get(), name)


class SeededRandom:
    """`jax` or `jax.random`, where `offset` is added to the seeds of keys:
    neighbors stay neighbors.
    """

    def __init__(self, library: Any, offset: int) -> None:
        self._library, self._offset = library, offset

    def __getattr__(self, name: str) -> Any:
        if name == "random":
            return SeededRandom(self._library.random, self._offset)
        found = getattr(self._library, name)
        if name not in ("key", "PRNGKey"):
            return found
        return lambda seed, **options: found(seed + self._offset, **options)


class NamedCall(Handle):
    """A function whose call reads as a name, without its arguments."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Handle:
        return self._call(self._expression, args, kwargs)


def named(handle: Handle, name: str) -> Handle:
    """The same object under a `name` that reads better in messages:
    `variables`.
    """
    return Handle(handle._executor, handle._id, name)


def reading(function: Handle, name: str) -> NamedCall:
    """The same function, whose call has a `name` in messages, such as `the
    gradient of rms_norm`: for functions of ours that take one of the learner's.
    """
    return NamedCall(function._executor, function._id, name)


def unless_raised(function: Handle, *given: Any) -> Handle | None:
    """What a call returns, or None where it raises an error; the stub's is
    passed on. The judge sees the error itself, and asks nobody whether there
    was one.
    """
    executor = function._executor
    stub_reached = executor.stub_reached
    try:
        return function(*given)
    except LearnerError as error:
        if "your code here" in error.message or error.kind == "SystemExit":
            raise
        executor.stub_reached = stub_reached  # NotImplementedError is an error as good as others here
        return None


_newest: tuple[Any, Handle] | None = None  # what was fetched last, and from where


def fetch(thing: Any) -> Any:
    """What a handle stands for, as data: dicts, lists and tuples of Python
    values and of `Array` (shape, dtype by name, a NumPy copy), `Spec` and
    `Opaque`. Anything else comes back as it is. Raises ExecutionError.
    """
    global _newest
    if not isinstance(thing, Handle):
        return thing
    data = thing._executor.ask(thing._expression, "fetch", id=thing._id)
    _newest = data, thing
    return data


def fetched_from(data: Any) -> Handle | None:
    """The handle that `data` was fetched from, if it was the last that was."""
    return _newest[1] if _newest and _newest[0] is data else None


def sums(tree: Handle, amounts: Mapping[tuple[Any, ...], np.ndarray]) -> list[Any]:
    """Leaves over there, by path, each added to its amount there: data."""
    question = [[list(path), amount] for path, amount in amounts.items()]
    found = tree._executor.ask(tree._expression, "sums", question, id=tree._id)
    return found if isinstance(found, list) else []


def show(thing: Any) -> str:
    """An argument, short: `variables`, `port_mlp(...)`, `float32(5, 10)`,
    `'fc1'`, `[(float32(5, 10), int32(5,)), ...]`.
    """
    if isinstance(thing, Handle):
        return thing._expression if len(thing._expression) <= SHORT else thing._expression.partition("(")[0] + "(...)"
    if isinstance(thing, np.ndarray) or hasattr(thing, "detach"):
        return f"{str(thing.dtype).removeprefix('torch.')}{tuple(thing.shape)}"
    if isinstance(thing, dict):
        return "{" + ", ".join(f"{k!r}: ..." for k in list(thing)[:2]) + (", ...}" if len(thing) > 2 else "}")
    if isinstance(thing, list | tuple) and any(
        hasattr(i, "dtype") or isinstance(i, Handle | list | tuple | dict) for i in thing
    ):
        return _show_sequence(thing)
    words = repr(thing)
    return words if len(words) <= SHORT else f"{words[:20]}..."


def _show_sequence(thing: list[Any] | tuple[Any, ...]) -> str:
    most = 3 if isinstance(thing, tuple) else 1
    words = ", ".join([show(i) for i in thing[:most]] + ["..."] * (len(thing) > most))
    return f"({words})" if isinstance(thing, tuple) else f"[{words}]"


def argument(thing: Any) -> wire.Ref | wire.Array:
    """How an argument travels: a PyTorch tensor arrives as a `jax.Array`, a
    NumPy array as a NumPy array, a handle as its object.
    """
    if isinstance(thing, Handle):
        return wire.Ref(thing._id)
    if isinstance(thing, np.ndarray):
        return wire.Array("numpy.ndarray", str(thing.dtype), thing)
    dtype = str(thing.dtype).removeprefix("torch.")
    tensor = thing.detach().cpu()
    return wire.Array("jax.Array", dtype, (tensor.float() if dtype == "bfloat16" else tensor).numpy())
