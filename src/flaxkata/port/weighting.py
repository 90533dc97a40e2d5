"""Weights for a model: those of a checkpoint, and such that hide nothing."""

from collections.abc import Mapping
from pathlib import Path

import torch

from flaxkata.port.section import Unusable

QUIET = 0.03  # what small weights multiply matrices, kernels and their biases by


def load(model: torch.nn.Module, path: Path) -> None:
    """Put a checkpoint into a model."""
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            model.load_state_dict(load_file(path))
        else:
            found = torch.load(path, map_location="cpu", weights_only=True)
            inner = next((found[key] for key in ("state_dict", "model") if isinstance(found.get(key), Mapping)), found)
            model.load_state_dict(inner)
    except Exception as error:
        raise Unusable(f"CHECKPOINT {path}: {type(error).__name__}: {error}") from error


def perturb(model: torch.nn.Module, statistics: list[torch.Tensor]) -> None:
    """Nothing is zero, one or all alike, so that nothing hides."""
    draw = torch.Generator().manual_seed(1)
    for parameter in model.parameters():
        if parameter.is_floating_point():
            parameter.copy_(_perturbed(parameter, draw).to(parameter.dtype))
    for buffer in statistics:
        if buffer.is_floating_point():
            uniform = torch.rand(buffer.shape, generator=draw)
            buffer.copy_(buffer * (0.5 + uniform) if (buffer > 0).all() else buffer + 0.4 * uniform - 0.2)


def keep_small(model: torch.nn.Module, statistics: list[torch.Tensor]) -> None:
    """Where the inputs of norms are small, each epsilon counts."""
    done: set[int] = set()
    for module in model.modules():
        own = [p for p in module.parameters(recurse=False) if p.is_floating_point() and id(p) not in done]
        if any(p.ndim > 1 for p in own):
            for parameter in own:
                parameter.mul_(QUIET)
                done.add(id(parameter))
    for buffer in statistics:
        if buffer.is_floating_point():
            buffer.mul_(QUIET**2 if (buffer > 0).all() else QUIET)


def _larger(parameter: torch.Tensor, spread: float) -> float:
    """What makes a matrix or kernel keep the size of what it is given, where it
    is smaller: around 0, one activation function looks like the other.
    """
    fan_in = parameter[0].numel() if parameter.ndim > 1 else 0
    return max(1.0, fan_in**-0.5 / spread) if fan_in and spread else 1.0


def _perturbed(parameter: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    normal = torch.randn(parameter.shape, generator=draw)
    first = parameter.flatten()[:1]
    if parameter.numel() == 0 or not bool((parameter == first).all()):
        spread = float(parameter.float().std()) if parameter.numel() > 1 else 0.0
        return (parameter + 0.1 * spread * normal) * _larger(parameter, spread)
    if abs(first.item()) >= 0.1:
        return parameter * (0.5 + torch.rand(parameter.shape, generator=draw))
    fan_in = parameter[0].numel() if parameter.ndim > 1 else 0
    return parameter + normal * (fan_in**-0.5 if fan_in > 1 else 0.2)
