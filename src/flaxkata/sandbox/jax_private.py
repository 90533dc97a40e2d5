"""Every reach into private modules of JAX, each with what is lost without it.

A JAX that has its internals in other places grades all the same.
"""

import contextlib
import functools
from collections.abc import Callable
from importlib.metadata import version
from typing import Any


def share_mlir_context() -> None:
    """One MLIR context for all programs, made now. JAX makes one for each: 7 ms
    of the 14 that a small program takes when it was compiled before, and a
    fresh sandbox lowers 60 of them or more.

    Lost without it: that time. Only with versions where it was tested.
    """
    if not version("jax").startswith("0.10."):
        return
    with contextlib.suppress(Exception):
        from jax._src.interpreters import mlir

        shared = functools.cache(mlir.make_ir_context)
        shared()
        mlir.make_ir_context = shared


def set_file_cache(make: Callable[[str], Any]) -> bool:
    """Let JAX's persistent compilation cache use `make(path)` for its files;
    whether it will.

    Lost without it: nothing is kept on disk, and each process compiles.
    """
    try:
        from jax._src import compilation_cache

        assert callable(compilation_cache.get_file_cache)
    except (ImportError, AttributeError, AssertionError):
        return False
    compilation_cache.get_file_cache = lambda path: (make(path), path)
    return True


def name_leaks_without_holders() -> None:
    """JAX's error for a leaked tracer says who holds it, as far as the garbage
    collector knows: a sandbox's does not look at all objects, and JAX raises an
    IndexError instead.

    Lost without it: what that error says; it is an error all the same.
    """
    with contextlib.suppress(Exception):
        from jax._src import core

        named = core._why_alive

        def why_alive(*arguments: Any) -> str:
            with contextlib.suppress(IndexError):
                return named(*arguments)
            return ""

        core._why_alive = why_alive


def leave_contexts(name: str) -> None:
    """Leave the context managers of one of JAX's settings that were entered in
    this thread.

    Lost without it: with `--here`, `jax.debug_nans(True).__enter__()` in one
    file goes on in the next.
    """
    with contextlib.suppress(Exception):
        from jax._src import config

        state = config.config_states[name]
        state.set_local(config.config_ext.unset)
        if state._update_thread_local_hook:
            state._update_thread_local_hook(None)


def look_for_nans_again() -> None:
    """Let `jax_debug_nans`, set for the process, hold in this thread too: JAX
    0.10 leaves it without the hook that looks once `with jax.debug_nans(True)`
    has ended.

    Lost without it: where one file uses the one, a later file in the same
    process cannot use the other.
    """
    with contextlib.suppress(Exception):
        from jax._src import api, config

        api._post_hook_state.set_local(config.config_ext.unset)


def backends_are_initialized() -> bool:
    """Whether this process has touched a JAX device.

    Lost without it: a parent that must not fork is not noticed.
    """
    try:
        from jax._src import xla_bridge

        return bool(xla_bridge.backends_are_initialized())
    except (ImportError, AttributeError):
        return False
