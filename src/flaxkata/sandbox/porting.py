"""Beside a port of the user's own (`kata port`): its weights leaf by leaf, its
forward pass and what is computed on the way there, its gradients, and some
steps of training.

Trees stay here, under names. The judge asks for what it compares, large arrays
in pieces.
"""

import contextlib
import inspect
import sys
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from flaxkata.sandbox import recording, tracing
from flaxkata.sandbox.pytrees import Tree, arrays_of, take_apart, updated, with_others

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

SETTINGS: dict[str, Any] = {"NAMES": {}, "DTYPES": ["float32", "bfloat16"], "ACCEPTED": []}  # and what they are by default


class Port:
    """The user's functions, and the trees that they gave."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._states: dict[str, dict[str, np.ndarray]] = {}
        self._trees: dict[str, Tree] = {}
        self._arrays: dict[str, Any] = {}
        self._compiled: dict[Any, Any] = {}

    def knows(self) -> dict[str, Any]:
        """What the JAX section has: which functions, what `forward` takes, and
        the names that say how it is compared.
        """
        has = [name for name in ("port", "forward", "activations") if callable(getattr(self._module, name, None))]
        settings = {name: getattr(self._module, name, default) for name, default in SETTINGS.items()}
        return {"has": has, "takes": list(self._parameters("forward")), **settings}

    def is_plain(self, tree: str) -> bool:
        """Whether variables have no keys for random numbers of their own."""
        leaves = self._trees[tree].leaves
        return not any(jax.dtypes.issubdtype(leaf.dtype, jax.dtypes.prng_key) for leaf in leaves)

    def memory(self) -> int:
        """The most memory that this process has used, in MB."""
        found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if resource else 0
        return int(found >> 20 if sys.platform == "darwin" else found >> 10)

    def _parameters(self, function: str) -> Mapping[str, Any]:
        found = getattr(self._module, function, None)
        return inspect.signature(found).parameters if found else {}

    # --- a state_dict, from over there ---

    def fill(self, state: str, parts: list[Any]) -> None:
        """Pieces of tensors: [name, dtype, shape, where it begins, values]."""
        arrays = self._states.setdefault(state, {})
        for name, dtype, shape, start, values in parts:
            if start == 0:
                arrays[name] = np.empty(shape, jnp.dtype(dtype))
            arrays[name].reshape(-1)[start : start + values.size] = values

    def share(self, state: str, name: str, other: str) -> None:
        """One tensor under two names."""
        self._states[state][name] = self._states[state][other]

    def order(self, state: str, names: list[str]) -> None:
        """The names as the state_dict has them, if these are all."""
        arrays = self._states[state]
        if set(names) == set(arrays):
            self._states[state] = {name: arrays[name] for name in names}

    def drop(self, *names: str) -> None:
        """Give states and trees up."""
        for name in names:
            self._states.pop(name, None)
            self._trees.pop(name, None)

    # --- port ---

    def ported(self, state: str, tree: str) -> list[list[Any]]:
        """[path, shape, dtype] of the leaves that `port` makes of a state."""
        given = {}
        for name, array in self._states[state].items():
            given[name] = array.view()
            given[name].flags.writeable = False
        self._trees[tree] = take_apart(self._module.port(given))
        return self._trees[tree].described()

    def traced(self, tensors: list[Any]) -> list[list[Any]]:
        """Of each leaf that `port` makes: [path, the numbers of the tensors
        that its values come from, whether there are others].

        `tensors`: [name, dtype, shape, number]; tensors that are one have one
        number.
        """
        digits = [take_apart(self._module.port(tracing.numbered(tensors, place))) for place in (0, 1)]
        known = {number for *_, number in tensors}
        found = []
        for path, low, high in zip(digits[0].paths, digits[0].leaves, digits[1].leaves, strict=True):
            numbers = tracing.numbers(low, high)
            found.append([path, sorted(numbers & known), bool(numbers - known)])
        return found

    def arrangement(self, tree: str, path: str, state: str, name: str) -> str:
        """How a tensor became a leaf: `as it is`, `axes (2, 3, 1, 0)`, with
        `reshaped` where it was; or nothing that is known.
        """
        leaf, tensor = self._leaf(tree, path), self._states[state][name]
        return tracing.arrangement(leaf, tensor)

    # --- what `forward` computes ---

    def run(self, tree: str, given: Any, train: bool, seed: int, kept: bool) -> list[list[Any]]:
        """[path, shape, dtype] of the arrays of an output, computed under
        jax.jit; the variables after it are the tree "after".
        """
        variables = self._trees[tree]
        with recording.nothing_dropped() if kept else contextlib.nullcontext():
            outputs, after = self._jitted(variables, train, kept)(variables.leaves, given, jax.random.key(seed))
        self._trees["after"] = Tree(variables.paths, after, variables.rebuild, variables.key)
        return self._keep(dict(outputs))

    def _jitted(self, variables: Tree, train: bool, kept: bool) -> Any:
        tree = variables.without_leaves()

        def outputs(leaves: list[Any], given: Any, key: Any) -> Any:
            result, after = self._forward(tree, leaves, given, train, key)
            return dict(arrays_of(result)), after

        for kind, how, function in self._compiled.get("run", []):
            if how == (train, kept) and kind == tree.key:
                return function
        function = jax.jit(outputs)
        self._compiled.setdefault("run", []).append((tree.key, (train, kept), function))
        return function

    def record(self, tree: str, given: Any, train: bool, seed: int, kept: bool) -> list[list[Any]]:
        """[name, shape, dtype] of what is computed on the way: what the user's
        `activations` returns, else what Linen and NNX modules return.
        """
        variables = self._trees[tree]
        with recording.nothing_dropped() if kept else contextlib.nullcontext():
            if getattr(self._module, "activations", None):
                found = self._asked("activations", variables.rebuild(variables.leaves), given, train, jax.random.key(seed))
                return self._keep(recording.named(found))
            for eager in (False, True):  # a second time without jax.jit, if a jit of the user's hides what is computed
                with recording.modules() as seen, jax.disable_jit() if eager else contextlib.nullcontext():
                    self._forward(variables, variables.leaves, given, train, jax.random.key(seed), seen)
                if not seen.hidden:
                    break
        return self._keep(seen.named())

    def _forward(self, tree: Tree, leaves: Any, given: Any, train: bool, key: Any, seen: Any = None) -> tuple[Any, list[Any]]:
        """What `forward` returns, and the leaves of the variables after it."""
        variables = tree.rebuild(leaves)
        if seen is not None:
            seen.name(variables)
        if recording.is_nnx_module(variables):
            result = self._asked("forward", variables, given, train, key)
            sown = recording.sown(variables)
            if seen is not None:
                seen.sown = sown
            return result, take_apart(variables).leaves
        result = self._asked("forward", variables, given, train, key)
        if train and isinstance(result, tuple) and len(result) == 2 and (after := updated(variables, result[1])) is not None:
            return result[0], take_apart(after).leaves
        return result, list(leaves)

    def _asked(self, function: str, variables: Any, given: Any, train: bool, key: Any) -> Any:
        wanted = getattr(self._module, function, None) or recording.call_module
        options = {"train": train, "key": key}
        known = inspect.signature(wanted).parameters
        chosen = {name: value for name, value in options.items() if name in known}
        return wanted(variables, **given, **chosen) if isinstance(given, dict) else wanted(variables, *given, **chosen)

    # --- gradients and training ---

    def gradients(self, tree: str, places: list[int], given: Any, targets: Any, train: bool) -> None:
        """The gradient of the mean squared error with respect to some leaves,
        as the tree "gradients".
        """
        variables = self._trees[tree]
        chosen = [variables.leaves[i] for i in places]
        with recording.nothing_dropped():
            slope = self._slope(variables, places, train)
            _, found = slope(chosen, variables.leaves, given, targets, jax.random.key(0))
        self._trees["gradients"] = Tree([variables.paths[i] for i in places], found, list, None)

    def _slope(self, tree: Tree, places: list[int], train: bool) -> Any:
        """The error, the leaves after a step, and the gradients: compiled once
        for the gradients and for all training.
        """
        tree = tree.without_leaves()

        def error(chosen: list[Any], leaves: list[Any], given: Any, targets: Any, key: Any) -> Any:
            result, after = self._forward(tree, with_others(leaves, places, chosen), given, train, key)
            found = dict(arrays_of(result))
            return sum(((found[path] - target) ** 2).mean() for path, target in targets.items()), after

        if "slope" not in self._compiled:
            self._compiled["slope"] = jax.jit(jax.value_and_grad(error, has_aux=True))
        return self._compiled["slope"]

    def losses(
        self, tree: str, places: list[int], given: Any, targets: Any, steps: int, optimizer: str, rate: float, train: bool
    ) -> list[float]:
        """The mean squared error at each step of a training run on one
        batch.
        """
        variables = self._trees[tree]
        update = {"SGD": optax.sgd(rate, momentum=0.9), "AdamW": optax.adamw(rate, weight_decay=0.01)}[optimizer]

        def step(chosen: list[Any], state: Any, found: list[Any]) -> Any:
            updates, state = update.update(found, state, chosen)
            return optax.apply_updates(chosen, updates), state

        leaves, values = list(variables.leaves), []
        chosen = [jnp.array(leaves[i]) for i in places]
        state = update.init(chosen)
        stepped = jax.jit(step, donate_argnums=(0, 1))
        with recording.nothing_dropped():
            slope = self._slope(variables, places, train)
            for _ in range(steps):
                (value, leaves), found = slope(chosen, leaves, given, targets, jax.random.key(0))
                chosen, state = stepped(chosen, state, found)
                values.append(float(value))
        return values

    # --- comparing, and fetching in pieces ---

    def apart(self, mine: str, theirs: str) -> list[list[Any]]:
        """[path, max|a - b|, max|b|] of the leaves of two trees that both
        have; a shape that differs is infinitely far apart.
        """
        others = dict(zip(self._trees[theirs].paths, self._trees[theirs].leaves, strict=True))
        found = []
        for path, leaf in zip(self._trees[mine].paths, self._trees[mine].leaves, strict=True):
            if path in others and jnp.issubdtype(leaf.dtype, jnp.inexact):
                found.append([path, *_apart(np.asarray(leaf), np.asarray(others[path]))])
        return found

    def piece(self, name: str, start: int, stop: int) -> Any:
        """A part of an array that was computed, flat."""
        return jnp.ravel(self._arrays[name])[start:stop]

    def leaf_piece(self, tree: str, path: str, start: int, stop: int) -> Any:
        """The same of a leaf."""
        return jnp.ravel(self._leaf(tree, path))[start:stop]

    def _leaf(self, tree: str, path: str) -> np.ndarray:
        found = self._trees[tree]
        return np.asarray(found.leaves[found.paths.index(path)])

    def _keep(self, arrays: dict[str, Any]) -> list[list[Any]]:
        self._arrays = arrays
        return [[name, list(np.shape(x)), str(x.dtype)] for name, x in arrays.items()]


def _apart(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    if a.shape != b.shape:
        return float("inf"), 0.0
    wide = np.float64 if a.size < 1 << 20 else np.float32
    a, b = a.astype(wide), b.astype(wide)
    top = float(np.abs(b).max(initial=0.0))
    return float(np.nan_to_num(np.abs(a - b), nan=np.inf).max(initial=0.0)), top
