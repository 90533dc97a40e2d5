"""What PyTorch's modules take and return, as tensors by name."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

Given = tuple[torch.Tensor, ...] | dict[str, torch.Tensor]
Tensors = dict[str, torch.Tensor]


def place_of(name: str, tensor: torch.Tensor) -> Any:
    """Where a tensor of a state_dict lies: tied ones have one place, and each
    empty one has its own.
    """
    return (tensor.data_ptr(), tensor.shape, tensor.stride()) if tensor.numel() else name


def tensors_of(output: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors of an output, by path."""
    if isinstance(output, torch.Tensor):
        yield ".".join(map(str, path)), output
    elif isinstance(output, Mapping):
        for key, item in output.items():
            yield from tensors_of(item, (*path, key))
    elif isinstance(output, list | tuple):
        for i, item in enumerate(output):
            yield from tensors_of(item, (*path, i))
    elif dataclasses.is_dataclass(output):
        for each in dataclasses.fields(output):
            yield from tensors_of(getattr(output, each.name), (*path, each.name))


@contextlib.contextmanager
def hooks(model: torch.nn.Module, found: Tensors) -> Iterator[None]:
    """Copies of what submodules return, and of a submodule that is called
    several times, of each call.
    """
    calls: dict[str, int] = {}

    def keep(name: str) -> Callable[..., None]:
        def hook(module: Any, args: Any, output: Any) -> None:
            if (first := next((x for _, x in tensors_of(output)), None)) is not None:
                calls[name] = calls.get(name, 0) + 1
                found[name if calls[name] == 1 else f"{name} (call {calls[name]})"] = first.detach().clone()

        return hook

    registered = [module.register_forward_hook(keep(name)) for name, module in model.named_modules() if name]
    try:
        yield
    finally:
        for hook in registered:
            hook.remove()


def keep_size(sizes: dict[str, int], name: str) -> Callable[[Any, Any], None]:
    """A hook that keeps how many values per channel a norm is given."""

    def hook(module: Any, args: Any) -> None:
        sizes[name] = args[0].numel() // args[0].shape[1]

    return hook


def cast(given: Given, dtype: torch.dtype) -> Given:
    """Inputs, whose floats have another dtype."""

    def one(x: Any) -> Any:
        return x.to(dtype) if isinstance(x, torch.Tensor) and x.is_floating_point() else x

    return {name: one(x) for name, x in given.items()} if isinstance(given, dict) else tuple(map(one, given))


def as_double(given: Given) -> Given:
    """Inputs in float64."""
    return cast(given, torch.float64)
