"""JAX's side, as it is asked from here: the user's functions in a process of
their own, which is not confined. Large arrays travel in pieces.
"""

import math
from typing import Any

import numpy as np
import torch

from flaxkata import files, wire
from flaxkata.judge import processes
from flaxkata.judge.executor import Executor
from flaxkata.judge.proxy import Handle
from flaxkata.judge.subprocess_sandbox import SubprocessSandbox
from flaxkata.port.reading import Given, Tensors, place_of
from flaxkata.port.section import SEE, Section, Unusable

PIECE = wire.MAX_ARRAYS // 8  # values of one message: float32 takes half of what may travel, float64 all
LIMIT = 24 * 3600.0  # seconds: whoever waits can press Ctrl-C

Arrays = dict[str, tuple[tuple[int, ...], str]]  # shape and dtype, by name


class Far:
    """The JAX section, and what it computes."""

    def __init__(self, section: Section, device: str, here: bool = False) -> None:
        self.executor = _executor(device, here)
        self.device = self.executor.device()
        porting = self.executor.library("flaxkata.sandbox.porting")
        module = self.executor.open(str(section.path), section.jax, section.path.stem)
        self._port = porting.Port(module)
        self._methods: dict[str, Handle] = {}
        known = self.ask("reading the JAX section", "knows")
        self.functions: list[str] = known["has"]
        if "port" not in self.functions:
            raise Unusable(f"The JAX section of {section.path.name} has no function `port`; {SEE}")
        self.takes: list[str] = known["takes"]
        self.names: dict[str, str] = known["NAMES"]
        self.dtypes: list[str] = known["DTYPES"]
        self.accepted: list[str] = known["ACCEPTED"]

    def ask(self, where: str, method: str, *given: Any) -> Any:
        """What a method of the Port over there returns."""
        if method not in self._methods:
            self._methods[method] = getattr(self._port, method)
        question = {"args": list(given), "kwargs": {}}
        return self.executor.ask(where, "result", question, id=self._methods[method]._id)

    def send(self, state: str, tensors: Tensors) -> None:
        """Send a state_dict; tensors that are one are one over there."""
        first: dict[Any, str] = {}
        waiting: list[list[Any]] = []
        room = PIECE
        for name, tensor in tensors.items():
            place = place_of(name, tensor)
            if first.setdefault(place, name) != name:
                continue
            flat, dtype = _flat(tensor), str(tensor.dtype).removeprefix("torch.")
            for start in range(0, max(flat.size, 1), PIECE):
                part = flat[start : start + PIECE]
                if part.size > room:
                    self.ask("sending the state_dict", "fill", state, waiting)
                    waiting, room = [], PIECE
                waiting.append([name, dtype, list(tensor.shape), start, part])
                room -= part.size
        self.ask("sending the state_dict", "fill", state, waiting)
        self._share(state, tensors, first)

    def _share(self, state: str, tensors: Tensors, first: dict[Any, str]) -> None:
        for name, tensor in tensors.items():
            place = place_of(name, tensor)
            if first[place] != name:
                self.ask("sending the state_dict", "share", state, name, first[place])
        self.ask("sending the state_dict", "order", state, list(tensors))

    def port(self, state: str, tree: str) -> Arrays:
        """Have a state ported; the leaves."""
        return _arrays(self.ask("port(state_dict)", "ported", state, tree))

    def run(self, given: Given, train: bool, seed: int = 0, kept: bool = True, tree: str = "variables") -> Arrays:
        """Have `forward` computed under jax.jit; what it returns."""
        return _arrays(self.ask(f"{self.call(train)} under jax.jit", "run", tree, self.sent(given), train, seed, kept))

    def record(self, given: Given, train: bool, tree: str = "variables") -> Arrays:
        """Have what is computed on the way recorded."""
        where = "activations(variables, ...)" if "activations" in self.functions else self.call(train)
        return _arrays(self.ask(where, "record", tree, self.sent(given), train, 0, True))

    def call(self, train: bool) -> str:
        """How the call of `forward` reads."""
        return f"forward(variables, ...{', train=True' if train else ''})"

    @staticmethod
    def sent(given: Given) -> Any:
        """Inputs, without what is not a tensor: that stays here."""
        if isinstance(given, dict):
            return {name: x for name, x in given.items() if isinstance(x, torch.Tensor)}
        return [x for x in given if isinstance(x, torch.Tensor)]

    def array(self, name: str, about: tuple[tuple[int, ...], str]) -> wire.Array:
        """An array that was computed."""
        return self._fetch("piece", (name,), *about)

    def leaf(self, tree: str, path: str, about: tuple[tuple[int, ...], str]) -> wire.Array:
        """A leaf of a tree."""
        return self._fetch("leaf_piece", (tree, path), *about)

    def _fetch(self, method: str, which: tuple[str, ...], shape: tuple[int, ...], dtype: str) -> wire.Array:
        size = math.prod(shape)
        parts = [
            self.ask(f"fetching {which[-1]}", method, *which, start, start + PIECE) for start in range(0, max(size, 1), PIECE)
        ]
        flat = np.concatenate([part.value for part in parts]) if len(parts) > 1 else parts[0].value
        return wire.Array(parts[0].kind, dtype, flat.reshape(shape))

    @property
    def printed(self) -> str:
        return self.executor.printed

    def close(self) -> None:
        self.executor.close()


def _executor(device: str, here: bool) -> Executor:
    if here:
        from flaxkata.judge.in_process import InProcess

        return InProcess(device, files.user_cache())
    return SubprocessSandbox(processes.start(device, files.user_cache()), LIMIT)


def _flat(tensor: torch.Tensor) -> np.ndarray:
    """A tensor's values, where they lie if they can be sent from there."""
    tensor = tensor.detach().cpu()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).contiguous().numpy().ravel()


def _arrays(found: list[Any]) -> Arrays:
    return {name: (tuple(shape), dtype) for name, shape, dtype in found}
