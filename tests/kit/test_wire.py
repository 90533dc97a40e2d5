"""The wire with a hostile other end: whatever it sends ends that exercise, with
a sentence, quickly.
"""

import json
import os
import socket
import struct
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flaxkata import wire
from flaxkata.judge import deadline
from flaxkata.judge.errors import Killed, LearnerError, Timeout
from flaxkata.judge.processes import SandboxProcess
from flaxkata.judge.proxy import Handle, fetch
from flaxkata.judge.subprocess_sandbox import SubprocessSandbox
from flaxkata.judge.trees import flatten

plain = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=20)
dtypes = st.sampled_from(sorted(set(wire.DTYPES) - {"bfloat16"}))
shapes = st.lists(st.integers(0, 4), max_size=4).map(tuple)
arrays = st.builds(lambda dtype, shape: wire.Array("jax.Array", dtype, np.ones(shape, dtype)), dtypes, shapes)
leaves = plain | arrays | st.builds(wire.Ref, st.integers(0, 99)) | st.builds(wire.Opaque, st.text(max_size=9))
keys = st.text(max_size=9) | st.integers(0, 9)
trees = st.recursive(
    leaves, lambda t: st.lists(t, max_size=3) | st.dictionaries(keys, t, max_size=3) | st.tuples(t, t), max_leaves=12
)


def alike(a, b):
    if isinstance(a, wire.Array):
        return isinstance(b, wire.Array) and a.dtype == b.dtype and np.array_equal(a.value, b.value) and a.shape == b.shape
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(alike(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
    return type(a) is type(b) and a == b


@settings(deadline=None)
@given(trees)
def test_what_is_sent_arrives(tree):
    encoded, buffers = wire.encode(tree, lambda leaf: leaf)
    left, right = socket.socketpair()
    with left, right:
        threading.Thread(target=left.sendall, args=(wire.pack({"ok": encoded}, buffers),)).start()
        message, payload = wire.receive(right, time.monotonic() + 5)
    assert alike(tree, wire.decode(message["ok"], payload))


class Hostile:
    """A source whose sandboxes answer every question with `reply` and hang up,
    or stay silent.
    """

    def __init__(self, reply):
        self.reply = reply

    alive = True

    def new(self, confinement=None, devices=1):
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._answer, args=(theirs,), daemon=True).start()
        return SandboxProcess(ours, os.open(os.devnull, os.O_RDONLY), 1, self)

    def _answer(self, sock):
        with sock:
            sock.settimeout(5)
            try:
                wire.receive(sock)
                sock.sendall(self.reply)
            except OSError:
                pass

    def end(self, process, patience):
        return 0


def ends(reply, ask=lambda room: fetch(Handle(room, 0, "f(x)"))):
    """What asking a hostile room comes to; it must be Killed, after little
    work and before the limit (a Timeout), with the question in the sentence.
    """
    room, started = SubprocessSandbox(Hostile(reply), limit=5.0), time.process_time()
    with pytest.raises(Killed) as caught:
        ask(room)
    assert time.process_time() - started < 3
    assert "The process running your code" in str(caught.value) and "during `" in str(caught.value)
    return str(caught.value)


def frame(body, payload=b"", magic=b"KATA", length=None, size=None):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = struct.pack(">4sIQ", magic, len(text) if length is None else length, len(payload) if size is None else size)
    return head + text + payload


array = {"array": ["jax.Array", "float32", [2], 0]}
HOSTILE = {
    "nothing": b"",
    "garbage": b"\x00" * 100,
    "half a head": b"KATA\x00",
    "half a body": frame({"ok": 1}, length=100),
    "half an array": frame({"ok": array}, b"1234", size=8),
    "other magic": frame({"ok": 1}, magic=b"HTTP"),
    "no JSON": frame(b"{'ok': 1}"),
    "no object": frame([1, 2]),
    "no answer": frame({"yes": 1}),
    "nested without end": frame(b'{"ok":' + b"[" * 100_000),
    "nested deep": frame({"ok": __import__("functools").reduce(lambda t, _: {"list": [t]}, range(80), 1)}),
    "a gigabyte promised": frame({"ok": 1}, size=1 << 30),
    "much JSON promised": frame(b"{}", length=1 << 30),
    "array over the end": frame({"ok": array}, b"1234"),
    "array before the start": frame({"ok": {"array": ["jax.Array", "float32", [2], -8]}}, b"12345678"),
    "unknown dtype": frame({"ok": {"array": ["jax.Array", "object", [1], 0]}}, b"12345678"),
    "dtype no text": frame({"ok": {"array": ["jax.Array", 7, [1], 0]}}, b"12345678"),
    "negative shape": frame({"ok": {"array": ["jax.Array", "float32", [-1], 0]}}, b"1234"),
    "enormous shape": frame({"ok": {"array": ["jax.Array", "float32", [1 << 40, 1 << 40], 0]}}, b"1234"),
    "shape of floats": frame({"ok": {"array": ["jax.Array", "float32", [1.0], 0]}}, b"1234"),
    "a shape that cannot be": frame({"ok": {"array": ["jax.Array", "float32", [0, 1 << 61, 1 << 61], 0]}}),
    "arrays on one place": frame({"ok": {"list": [array, array]}}, b"12345678"),
    "a gap between arrays": frame({"ok": {"list": [array, {"array": ["jax.Array", "float32", [1], 12]}]}}, b"1" * 16),
    "bytes of no array": frame({"ok": array}, b"123456789"),
    "many values": frame({"ok": {"list": [0] * (wire.MAX_NODES + 1)}}),
    "one key, many times": frame({"ok": {"dict": [["k", 0]] * 200}}),
    "a long key": frame({"ok": {"dict": [["k" * 1001, 0]]}}),
    "a long name": frame({"ok": {"opaque": ["k" * 201, ""]}}),
    "a long number": frame({"ok": 1 << 64}),
    "too many axes": frame({"ok": {"array": ["jax.Array", "float32", [1] * 100, 0]}}, b"1234"),
    "unhashable key": frame({"ok": {"dict": [[{"list": []}, 1]]}}),
    "no pairs": frame({"ok": {"dict": [[1]]}}),
    "unknown form": frame({"ok": {"pickle": ["cos\nsystem"]}}),
    "two forms": frame({"ok": {"list": [], "tuple": []}}),
    "error without words": frame({"error": {"kind": "E"}}),
    "error with odd frames": frame({"error": {"kind": "E", "message": "m", "frames": [[1]], "innermost": ""}}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_end_the_exercise(name):
    ends(HOSTILE[name])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_end_the_exercise(reply):
    ends(reply)


@settings(max_examples=150, deadline=None)
@given(st.recursive(plain, lambda t: st.lists(t, max_size=3) | st.dictionaries(st.text(max_size=8), t, max_size=3)))
def test_any_json_is_data_or_ends_the_exercise(body):
    """Well-formed frames around any JSON: plain data comes out, or Killed, or
    what claims to be the learner's exception.
    """
    room = SubprocessSandbox(Hostile(frame({"ok": body})), limit=5.0)
    try:
        fetch(Handle(room, 0, "f(x)"))
    except Killed as killed:
        assert "during `f(x)`" in str(killed)


@settings(max_examples=100, deadline=None)
@given(trees, st.data())
def test_a_flipped_byte_is_data_or_ends_the_exercise(tree, data):
    encoded, buffers = wire.encode(tree, lambda leaf: leaf)
    reply = bytearray(wire.pack({"ok": encoded}, buffers))
    reply[data.draw(st.integers(0, len(reply) - 1))] ^= data.draw(st.integers(1, 255))
    room = SubprocessSandbox(Hostile(bytes(reply)), limit=2.0)
    try:
        fetch(Handle(room, 0, "f(x)"))
    except (Killed, Timeout) as end:
        assert "`f(x)`" in str(end)


def test_data_for_an_object_and_no_device():
    ends(frame({"ok": 3}), lambda room: Handle(room, 0, "learner").forward)
    ends(frame({"ok": 3}), lambda room: room.device())


def test_silence_is_a_timeout():
    room = SubprocessSandbox(Silent(), limit=0.3)
    with pytest.raises(Timeout, match=r"`f\(x\)` did not come back"):
        fetch(Handle(room, 0, "f(x)"))


class Silent(Hostile):
    def __init__(self):
        super().__init__(b"")

    def _answer(self, sock):
        with sock:
            time.sleep(2)


def test_over_the_limits_is_refused_before_it_is_sent():
    with pytest.raises(wire.TooLarge, match="the limit is 67 MB"):
        wire.pack({}, [np.zeros(wire.MAX_ARRAYS + 1, np.uint8)])
    with pytest.raises(wire.TooLarge, match=r"a key of 1,001 characters; the limit is 1,000"):
        wire.encode({"k" * 1001: 0}, str)
    with pytest.raises(wire.TooLarge, match=r"a value of more than 200,000 values"):
        wire.encode([0] * 200_000, str)


def test_what_is_sent_of_long_names_and_numbers():
    tree, _ = wire.encode([10**400, wire.Opaque("k" * 300)], lambda leaf: leaf)
    assert wire.decode(tree, b"") == [wire.Opaque("int"), wire.Opaque("k" * 200)]


def test_a_hostile_exception_is_cut():
    error = {"kind": "E" * 9000, "message": "M" * 9000, "frames": [["f", 1, "n" * 9000, "t"]] * 99, "innermost": ""}
    room = SubprocessSandbox(Hostile(frame({"error": error})), limit=5.0)
    room.path = "f"
    with pytest.raises(LearnerError) as caught:
        fetch(Handle(room, 0, "f(x)"))
    assert len(caught.value.kind) == 200 and len(caught.value.message) == 2000
    assert len(caught.value.frames) == 5 and len(caught.value.frames[0][2]) == 2000


def test_flatten_takes_as_long_as_there_are_leaves():
    """Each path is made once, and not once at each level above its leaf."""
    tree = [0] * 100_000
    for _ in range(55):
        tree = [tree]
    started = time.process_time()
    assert len(flatten(tree)) == 100_000
    assert time.process_time() - started < 5


def test_what_the_judge_does_has_an_end(monkeypatch):
    """Also where a check swallows exceptions."""
    monkeypatch.setattr(deadline, "AGAIN", 0.1)
    started, caught = time.monotonic(), []

    def swallow():
        while time.monotonic() < started + 10:
            try:
                while time.monotonic() < started + 10:
                    pass
            except Timeout as error:
                caught.append(error)
                if len(caught) == 2:
                    raise

    with pytest.raises(Timeout, match="could not be compared within the time limit"), deadline.within(0.2):
        swallow()
    assert caught and time.monotonic() - started < 5
    time.sleep(0.2)  # nothing comes afterwards


def test_a_question_that_the_deadline_ends_is_not_answered_later():
    room = SubprocessSandbox(Silent(), limit=9.0)
    with pytest.raises(Timeout), deadline.within(0.1):
        fetch(Handle(room, 0, "f(x)"))
    assert not room.alive
