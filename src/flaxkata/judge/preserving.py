"""Functions that must leave what they are given as it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from flaxkata.judge.compare import unchanged
from flaxkata.judge.proxy import Handle, fetch


class Preserving(Handle):
    """A function; after each call, what it was given must still hold what it
    held. `names` are those of its first arguments: "" for one that cannot
    change. `looks` are functions of `inside` whose results for these arguments
    must stay too, by what they say: "the number of devices".
    """

    __slots__ = ("_looks", "_names")

    def __init__(self, function: Handle, names: tuple[str, ...], looks: Mapping[str, Handle]) -> None:
        super().__init__(function._executor, function._id, function._expression)
        self._names, self._looks = names, looks

    def _call(self, where: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Handle:
        watched = {place: name for place, name in enumerate(self._names) if name}
        there = [self._over_there(arg, watched[i]) if i in watched else arg for i, arg in enumerate(args)]
        before = [self._seen(there[place], name) for place, name in watched.items()]
        result = super()._call(where, there, kwargs)
        for old, (place, name) in zip(before, watched.items(), strict=True):
            for label, now in self._seen(there[place], name).items():
                unchanged(old[label], now, label)
        return result

    def _over_there(self, arg: Any, name: str) -> Handle:
        return arg if isinstance(arg, Handle) else self._executor.handle(name, "keep", arg)

    def _seen(self, arg: Handle, name: str) -> dict[str, Any]:
        return {name: fetch(arg)} | {f"{what} of {name}": fetch(look(arg)) for what, look in self._looks.items()}


def preserving(function: Handle, *names: str, looks: Mapping[str, Handle] | None = None) -> Preserving:
    """The same function, whose calls must leave their first arguments as they
    are, which have these `names` in messages: `preserving(learner.train,
    "params", "", "batches")`. An argument with the name "" is not looked at.

    looks: more that must stay, as functions of `inside`: `{"the number of
    devices": inside.devices_of}`.
    """
    return Preserving(function, names, looks or {})
