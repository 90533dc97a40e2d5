"""Functions that must leave what they are given as it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from flaxkata.judge.compare import unchanged
from flaxkata.judge.proxy import Handle, fetch


class Preserving(Handle):
    """A function; after each call, what it was given must still hold what it
    held. `names` are those of its first arguments: "" for one that cannot
    change.
    """

    __slots__ = ("_names",)

    def __init__(self, function: Handle, names: tuple[str, ...]) -> None:
        super().__init__(function._executor, function._id, function._expression)
        self._names = names

    def _call(self, where: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Handle:
        watched = {place: name for place, name in enumerate(self._names) if name}
        there = [self._over_there(arg, watched[i]) if i in watched else arg for i, arg in enumerate(args)]
        before = {place: fetch(there[place]) for place in watched}
        result = super()._call(where, there, kwargs)
        for place, name in watched.items():
            unchanged(before[place], fetch(there[place]), name)
        return result

    def _over_there(self, arg: Any, name: str) -> Handle:
        return arg if isinstance(arg, Handle) else self._executor.handle(name, "keep", arg)


def preserving(function: Handle, *names: str) -> Preserving:
    """The same function, whose calls must leave their first arguments as they
    are, which have these `names` in messages: `preserving(learner.train,
    "params", "", "batches")`. An argument with the name "" is not looked at.
    """
    return Preserving(function, names)
