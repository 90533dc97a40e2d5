"""Messages between the judge and the sandbox: a frame of JSON and raw array
bytes, never pickle.

    frame = b"KATA" | length of the JSON (u32) | length of the arrays (u64) | JSON | arrays

Both rooms use this module, and it imports neither JAX nor PyTorch. Whatever the
other end sends, `receive` and `decode` either give plain data or raise
`WireError`.
"""

import json
import math
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

HEAD = struct.Struct(">4sIQ")
MAGIC = b"KATA"
MAX_JSON = 8 << 20  # bytes; a tree of 10,000 leaves needs about 1 MiB
MAX_ARRAYS = 64 << 20  # bytes, which become eight times as many as float64; the largest model of the course has 0.6 MB
MAX_DEPTH = 64
MAX_NODES = 200_000  # values in one message; the largest model of the course, as a list of numbers, has 150,000
MAX_NAME = 200  # characters of a type's name
MAX_KEY = 1000  # characters of a dict's key
MAX_ALIKE = 100  # keys of a dict that share their hash with another one; looking one up takes as many steps
# Raw bytes on the wire; bfloat16 travels as float32, which holds every one of its values.
NAMES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128"
DTYPES = {name: np.dtype(name) for name in NAMES.split()} | {"bfloat16": np.dtype("float32")}


class WireError(Exception):
    """What the other end sent is not a message of this protocol."""


class Closed(WireError):
    """The other end is gone."""


class TooLarge(ValueError):
    """A value of ours is over the limits; nothing was sent."""


class OutOfTime(Exception):
    """No complete message came before the deadline."""


@dataclass(frozen=True, eq=False)
class Array:
    """An array and what it was: `kind` is `jax.Array`, `numpy.ndarray` or
    `torch.Tensor`, `dtype` its name over there.
    """

    kind: str
    dtype: str
    value: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape


@dataclass(frozen=True)
class Spec:
    """A `jax.ShapeDtypeStruct`: a shape and a dtype without data."""

    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Ref:
    """An object that stays in the sandbox."""

    id: int


@dataclass(frozen=True)
class Opaque:
    """Something that is not data: the name of its type and the start of its
    repr.
    """

    kind: str
    text: str = ""


@dataclass(frozen=True)
class Confinement:
    """What to hide from a learner's code, files and folders, and `scratch`: a
    folder in which each sandbox gets its working directory. The judge says it,
    the sandbox enters it.
    """

    scratch: str
    hidden: tuple[str, ...] = ()

    def working_directory(self, pid: int) -> str:
        """The folder of one sandbox."""
        return f"{self.scratch}/{pid}"


def encode(value: Any, describe: Callable[[Any], Any]) -> tuple[Any, list[np.ndarray]]:
    """`value` as a JSON tree and the arrays it refers to.

    `describe` turns whatever is not plain (a tensor, a handle) into an `Array`,
    `Spec`, `Ref` or `Opaque`. Raises TooLarge for what is nested too deep, has
    too many values, or too long a key.
    """
    encoder = _Encoder(describe)
    return encoder.node(value, 0), encoder.arrays


class _Encoder:
    def __init__(self, describe: Callable[[Any], Any]) -> None:
        self.arrays: list[np.ndarray] = []
        self._describe = describe
        self._nodes, self._bytes = 0, 0

    def node(self, item: Any, depth: int) -> Any:
        self._nodes += 1
        if depth > MAX_DEPTH:
            raise TooLarge(f"a value nested more than {MAX_DEPTH} deep")
        if self._nodes > MAX_NODES:
            raise TooLarge(f"a value of more than {MAX_NODES:,} values")
        if type(item) is int and not _is_short(item):
            return self._leaf(Opaque("int"))
        if item is None or type(item) in (bool, int, float, str):
            return item
        if isinstance(item, Mapping):
            return {"dict": [[self._key(k, depth + 1), self.node(v, depth + 1)] for k, v in item.items()]}
        if isinstance(item, list | tuple):
            return {"list" if isinstance(item, list) else "tuple": [self.node(v, depth + 1) for v in item]}
        return self._leaf(item if isinstance(item, Array | Spec | Ref | Opaque) else self._describe(item))

    def _key(self, key: Any, depth: int) -> Any:
        if isinstance(key, str) and len(key) > MAX_KEY:
            raise TooLarge(f"a key of {len(key):,} characters; the limit is {MAX_KEY:,}")
        return self.node(key, depth)

    def _leaf(self, leaf: Any) -> dict[str, Any]:
        match leaf:
            case Array():
                return {"array": [leaf.kind[:MAX_NAME], leaf.dtype, list(np.shape(leaf.value)), self._append(leaf)]}
            case Spec(shape, dtype):
                return {"spec": [list(shape), dtype[:MAX_NAME]]}
            case Ref(id):
                return {"ref": id}
            case Opaque(kind, text):
                return {"opaque": [kind[:MAX_NAME], text[:MAX_NAME]]}
        raise TypeError(f"{type(leaf).__name__} has no form on the wire")

    def _append(self, leaf: Array) -> int:
        """Where the array's bytes begin."""
        start = self._bytes
        self.arrays.append(np.ascontiguousarray(leaf.value, dtype=DTYPES[leaf.dtype]))
        self._bytes += self.arrays[-1].nbytes
        return start


def decode(tree: Any, payload: bytes | bytearray, resolve: Callable[[Any], Any] = lambda leaf: leaf) -> Any:
    """The value that `encode` described; `resolve` turns `Array`, `Ref` and so
    on into objects.

    Raises WireError, also when the arrays do not follow one another from the
    beginning of the payload to its end: each byte belongs to one array.
    """
    decoder = _Decoder(payload, resolve)
    value = decoder.node(tree, 0)
    _need(decoder.at == len(payload), "bytes that belong to no array")
    return value


class _Decoder:
    def __init__(self, payload: bytes | bytearray, resolve: Callable[[Any], Any]) -> None:
        self._payload, self._resolve = payload, resolve
        self._nodes, self.at = 0, 0  # values so far; where the next array begins

    def node(self, item: Any, depth: int) -> Any:
        self._nodes += 1
        _need(depth <= MAX_DEPTH, f"a value nested more than {MAX_DEPTH} deep")
        _need(self._nodes <= MAX_NODES, f"a value of more than {MAX_NODES:,} values")
        if item is None or isinstance(item, bool | int | float | str):
            _need(type(item) is not int or _is_short(item), "a whole number of more than 64 bits")
            return item
        _need(isinstance(item, dict) and len(item) == 1, "a value of unknown form")
        tag, body = next(iter(item.items()))
        _need(isinstance(body, list) or tag == "ref", "a value without a body")
        match tag:
            case "list":
                return [self.node(v, depth + 1) for v in body]
            case "tuple":
                return tuple(self.node(v, depth + 1) for v in body)
            case "dict":
                _need(all(isinstance(p, list) and len(p) == 2 for p in body), "a dict that is not a list of pairs")
                return _dict([(_key(self.node(k, depth + 1)), self.node(v, depth + 1)) for k, v in body])
        return self._resolve(self._leaf(tag, body))

    def _leaf(self, tag: Any, body: Any) -> Array | Spec | Ref | Opaque:
        match tag, body:
            case "array", [kind, dtype, dims, start]:
                return self._array(_name(kind), _name(dtype), _shape(dims), _natural(start))
            case "spec", [dims, dtype]:
                return Spec(_shape(dims), _name(dtype))
            case "opaque", [kind, words]:
                return Opaque(_name(kind), _name(words))
            case "ref", int():
                return Ref(_natural(body))
        raise WireError(f"a value of unknown form {str(tag)[:40]!r}")

    def _array(self, kind: str, dtype: str, shape: tuple[int, ...], start: int) -> Array:
        _need(dtype in DTYPES, f"an array of unknown dtype {dtype[:40]!r}")
        count = math.prod(shape)
        size = count * DTYPES[dtype].itemsize
        _need(start == self.at, "an array that does not begin where the one before it ends")
        _need(start + size <= len(self._payload), "an array that is longer than its bytes")
        self.at += size
        flat = np.frombuffer(self._payload, DTYPES[dtype], count, start) if size else np.empty(0, DTYPES[dtype])
        try:
            return Array(kind, dtype, flat.reshape(shape).copy())
        except ValueError:
            raise WireError("an array of a shape that cannot be") from None


def _is_short(number: int) -> bool:
    return -(1 << 63) <= number < 1 << 64


def _name(value: Any) -> str:
    _need(isinstance(value, str), "a name that is not text")
    _need(len(value) <= MAX_NAME, f"a name of {len(value):,} characters")
    return str(value)


def _dict(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """Keys of numbers can be chosen so that all have one hash: 16,000 take
    11 seconds.
    """
    _need(len(pairs) - len({hash(key) for key, _ in pairs}) <= MAX_ALIKE, "a dict in which many keys have one hash")
    return dict(pairs)


def _natural(value: Any) -> int:
    _need(type(value) is int and 0 <= value < 1 << 62, "a size that is not a natural number")
    return int(value)


def _shape(value: Any) -> tuple[int, ...]:
    _need(isinstance(value, list) and len(value) <= 32, "a shape that is not a list")
    return tuple(_natural(n) for n in value)


def _key(value: Any) -> Any:
    _need(not isinstance(value, str) or len(value) <= MAX_KEY, "a key that is too long")
    try:
        hash(value)
    except TypeError:
        raise WireError("a dict key that is not a plain value") from None
    return value


def _need(condition: bool, otherwise: str) -> None:
    if not condition:
        raise WireError(otherwise)


def pack(message: dict[str, Any], arrays: list[np.ndarray]) -> bytes:
    """One frame. Raises TooLarge, before anything is sent."""
    body = json.dumps(message, separators=(",", ":")).encode()
    size = sum(a.nbytes for a in arrays)
    if len(body) > MAX_JSON:
        raise TooLarge(f"{len(body) / 1e6:.0f} MB of structure; the limit is {MAX_JSON / 1e6:.0f} MB")
    if size > MAX_ARRAYS:
        raise TooLarge(f"{size / 1e6:,.0f} MB of arrays; the limit is {MAX_ARRAYS / 1e6:.0f} MB")
    return b"".join([HEAD.pack(MAGIC, len(body), size), body, *(a.tobytes() for a in arrays)])


def receive(sock: socket.socket, deadline: float | None = None) -> tuple[dict[str, Any], bytearray]:
    """One frame as its JSON object and its array bytes.

    `deadline` is in seconds of `time.monotonic()`. Raises WireError, Closed,
    OutOfTime.
    """
    magic, length, size = HEAD.unpack(_exactly(sock, HEAD.size, deadline))
    _need(magic == MAGIC, "bytes that are not a message")
    _need(length <= MAX_JSON and size <= MAX_ARRAYS, "a message over the size limits")
    text, payload = _exactly(sock, length, deadline), _exactly(sock, size, deadline)
    try:
        message = json.loads(bytes(text))
    except (ValueError, RecursionError):
        raise WireError("a message that is not JSON") from None
    _need(isinstance(message, dict), "a message that is not an object")
    return message, payload


def _exactly(sock: socket.socket, count: int, deadline: float | None) -> bytearray:
    data = bytearray()
    while len(data) < count:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise OutOfTime
        sock.settimeout(left)
        try:
            part = sock.recv(min(count - len(data), 1 << 20))
        except TimeoutError:
            raise OutOfTime from None
        except OSError as error:
            raise Closed(f"the connection broke: {error}") from None
        if not part:
            raise Closed("half a message" if data else "the end of the connection")
        data += part
    return data
