"""Loads the learner's file, in a module where importing PyTorch is refused."""

import builtins
import linecache
import os
import sys
import types
from typing import Any

NO_TORCH = (
    "PyTorch is not available to this code: these functions are written with JAX alone, "
    "and the checks run PyTorch themselves, in another process, to compare"
)

loaded: dict[str, types.ModuleType] = {}  # by path: whose frames a learner wants to see


def load(path: str, source: str, name: str = "") -> types.ModuleType:
    """The module that `source` makes; `path` is its name in tracebacks. It is
    called `name`, by default as its file.
    """
    stem = name or os.path.splitext(os.path.basename(path))[0]
    taken = stem in sys.modules and sys.modules[stem] not in loaded.values()
    module = loaded[path] = types.ModuleType(f"kata_{stem}" if taken else stem)
    module.__file__ = path
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _import_without_torch}
    module.__dict__["torch"] = _AbsentTorch()  # the PyTorch section imports it, and does not run here
    sys.modules[module.__name__] = module  # dataclasses and pickles look a class's module up here
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    return module


def unload_all() -> None:
    """Forget all modules that were loaded."""
    for path, module in loaded.items():
        linecache.cache.pop(path, None)
        if sys.modules.get(module.__name__) is module:
            del sys.modules[module.__name__]
    loaded.clear()


def refuse_torch() -> None:
    """Refuse PyTorch to `importlib` too; only where the process belongs to one
    exercise.
    """
    sys.meta_path.insert(0, _TorchRefusing())


def _import_without_torch(name: str, *args: Any, **kwargs: Any) -> Any:
    if name.partition(".")[0] == "torch":
        raise ImportError(NO_TORCH)
    return __import__(name, *args, **kwargs)


class _AbsentTorch:
    def __getattr__(self, name: str) -> Any:
        raise ImportError(f"torch.{name}: {NO_TORCH}")


class _TorchRefusing:
    """A finder that refuses PyTorch."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] == "torch":
            raise ImportError(NO_TORCH)
