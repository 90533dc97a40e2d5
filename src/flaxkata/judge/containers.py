"""Comparisons of what holds a tree's leaves: dicts, lists, tuples."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from flaxkata.judge import differences
from flaxkata.judge.compare import expect
from flaxkata.judge.errors import LearnerError
from flaxkata.judge.proxy import Handle, fetch
from flaxkata.judge.trees import Path, flatten, show_path

WRITTEN = "written by the check"  # an entry of a dict


def separate(one: Handle, other: Handle) -> bool:
    """Whether two results share no dict: an entry written into each dict of
    `one` does not show up in `other`. Their names are for the message.
    """
    _in_dicts(one, fetch(one), "setdefault")
    shared = [path[:-1] for path in flatten(fetch(other)) if path[-1:] == (WRITTEN,)]
    _in_dicts(one, fetch(one), "pop")
    places = differences.listed([f"{other}{show_path(path)}" for path in shared])
    words = f"An entry written into {one} shows up in {places}: they share dicts."
    return expect(not shared, f"dicts of {one} and {other}", words, len(shared))


def _in_dicts(tree: Handle, held: Any, do: str) -> None:
    """Call a method with an entry's name in all dicts of a tree. Into one
    without it, such as a FrozenDict, nobody can write.
    """
    if isinstance(held, Mapping):
        with contextlib.suppress(LearnerError):
            getattr(tree, do)(WRITTEN, 0)
    items = held.items() if isinstance(held, Mapping) else enumerate(held) if isinstance(held, list | tuple) else ()
    for key, item in items:
        if isinstance(item, Mapping | list | tuple):
            _in_dicts(tree[key], item, do)


def same_containers(mine: Any, theirs: Any, label: str, reference: str) -> bool:
    """Whether lists are lists and tuples are tuples, in fetched trees that have
    the same leaves. `reference` is what `theirs` is called in the finding.
    """
    kinds = dict(_containers(mine))
    other = [(path, kinds[path], kind) for path, kind in _containers(theirs) if kinds[path] != kind]
    words = "".join(f"{label}{show_path(path)} is a {now}; in {reference} it is a {was}." for path, now, was in other[:1])
    words += " JAX takes the two for different structures: `jax.tree.map` of both raises an error."
    return expect(not other, f"the containers of {label}", words, detail=str(other))


def _containers(tree: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The paths of all containers, with what they are."""
    if isinstance(tree, dict | list | tuple):
        yield path, type(tree).__name__
        for key, item in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _containers(item, (*path, key))
