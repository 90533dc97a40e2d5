"""PyTorch's side: the model, with weights that hide nothing; what it computes,
and how far its own float32 is from its float64.
"""

import contextlib
import copy
import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from flaxkata.port.keeping import nothing_dropped
from flaxkata.port.section import Section, Unusable, told

Given = tuple[torch.Tensor, ...] | dict[str, torch.Tensor]
Tensors = dict[str, torch.Tensor]

MADE, PERTURBED, SMALL = "as they are made", "perturbed", "that keep activations small"
QUIET = 0.03  # what the third kind multiplies matrices, kernels and their biases by


@dataclass(frozen=True)
class Named:
    """A tensor of the state_dict. Tensors that are one have one `number`;
    `kind` is the type of the module that has it.
    """

    name: str
    number: int
    shape: tuple[int, ...]
    dtype: str
    parameter: bool
    trained: bool
    kind: str


class Twin:
    """The user's model. `use` sets its weights; all else computes with them."""

    def __init__(self, section: Section) -> None:
        torch.manual_seed(0)
        self._section = section
        self.model: torch.nn.Module = section.call("make_model")
        if not isinstance(self.model, torch.nn.Module):
            raise Unusable(f"`make_model()` returned a {type(self.model).__name__}; it must return a torch.nn.Module.")
        if place := section.get("CHECKPOINT"):
            _load(self.model, section.path.parent / place)
        torch.backends.mha.set_fastpath_enabled(False)  # it passes hooks by
        self.batched = bool(inspect.signature(section.get("example_inputs")).parameters)
        self._made = {name: tensor.clone() for name, tensor in self.state().items()}
        self.named = self._listed()
        self.statistics = self._changed_by_training()
        self._wide: torch.nn.Module | None = None
        self._stale = False  # the model has other weights than that one

    @property
    def parameters(self) -> int:
        return sum(p.numel() for p in self.model.parameters())

    def state(self) -> Tensors:
        """The state_dict's tensors."""
        found = self.model.state_dict().items()
        return {name: tensor.detach() for name, tensor in found if isinstance(tensor, torch.Tensor)}

    def _listed(self) -> list[Named]:
        numbers: dict[Any, int] = {}
        trained = {name: p.requires_grad for name, p in self.model.named_parameters(remove_duplicate=False)}
        kinds = {name: type(module).__name__ for name, module in self.model.named_modules(remove_duplicate=False)}
        found = []
        for name, tensor in self.state().items():
            place = (tensor.data_ptr(), tensor.shape, tensor.stride()) if tensor.numel() else name
            number = numbers.setdefault(place, len(numbers))
            dtype, kind = str(tensor.dtype).removeprefix("torch."), kinds.get(name.rpartition(".")[0], "")
            found.append(Named(name, number, tuple(tensor.shape), dtype, name in trained, trained.get(name, False), kind))
        return found

    def _changed_by_training(self) -> set[str]:
        """The buffers that a step in train mode changes: batch statistics."""
        before = {n.name: self.state()[n.name].clone() for n in self.named if not n.parameter}
        if not before:
            return set()
        with torch.no_grad():
            self.call(self.inputs(2, 0), train=True)
        changed = {name for name, old in before.items() if not torch.equal(old, self.state()[name])}
        self.use(MADE)
        return changed

    # --- weights ---

    def use(self, weights: str) -> None:
        """Give the model weights of one of the three kinds."""
        with torch.no_grad():
            for name, tensor in self.state().items():
                tensor.copy_(self._made[name])
            if weights != MADE:
                self._perturb()
            if weights == SMALL:
                self._keep_small()
        self._stale = True

    def _perturb(self) -> None:
        """Nothing is zero, one or all alike, so that nothing hides."""
        draw = torch.Generator().manual_seed(1)
        for parameter in self.model.parameters():
            if parameter.is_floating_point():
                parameter.copy_(_perturbed(parameter, draw).to(parameter.dtype))
        for name in sorted(self.statistics):
            buffer = self.state()[name]
            if buffer.is_floating_point():
                uniform = torch.rand(buffer.shape, generator=draw)
                buffer.copy_(buffer * (0.5 + uniform) if (buffer > 0).all() else buffer + 0.4 * uniform - 0.2)

    def _keep_small(self) -> None:
        """Where the inputs of norms are small, each epsilon counts."""
        done: set[int] = set()
        for module in self.model.modules():
            own = [p for p in module.parameters(recurse=False) if p.is_floating_point() and id(p) not in done]
            if any(p.ndim > 1 for p in own):
                for parameter in own:
                    parameter.mul_(QUIET)
                    done.add(id(parameter))
        for name in self.statistics:
            buffer = self.state()[name]
            if buffer.is_floating_point():
                buffer.mul_(QUIET**2 if (buffer > 0).all() else QUIET)

    def change(self, name: str) -> None:
        """Another value for one tensor: does it count?"""
        tensor = self.state()[name]
        with torch.no_grad():
            tensor.copy_(tensor * 1.5 + 0.5 if tensor.is_floating_point() else tensor + 1)

    # --- computing ---

    def inputs(self, batch: int, seed: int) -> Given:
        """Example inputs: tensors, by place or by name."""
        torch.manual_seed(seed)
        found = self._section.call("example_inputs", *([batch] if self.batched else []))
        if isinstance(found, Mapping):
            return {str(name): x for name, x in found.items()}
        return tuple(found) if isinstance(found, tuple | list) else (found,)

    def call(
        self, given: Given, train: bool = False, model: torch.nn.Module | None = None, seed: int = 0, drop: bool = False
    ) -> Tensors:
        """The tensors of the output, by path; dropout keeps everything, and
        divides, unless it may `drop`.
        """
        model = model or self.model
        model.train(train)
        torch.manual_seed(seed)
        try:
            with contextlib.nullcontext() if drop else nothing_dropped():
                output = model(**given) if isinstance(given, dict) else model(*given)
        except Exception as error:
            raise Unusable(told("The PyTorch model", error, self._section.path)) from error
        finally:
            model.eval()
        return dict(tensors_of(output))

    def wide(self) -> torch.nn.Module | None:
        """The model in float64; None where that cannot be made."""
        if self._wide is None:
            with contextlib.suppress(Exception):
                self._wide = copy.deepcopy(self.model).double()
        elif self._stale:
            wide = self._wide.state_dict()
            with torch.no_grad():
                for name, tensor in self.state().items():
                    wide[name].copy_(tensor)
        self._stale = False
        return self._wide

    def own(self, compute: Callable[[torch.nn.Module], Any]) -> Any:
        """What is computed with the model in float64; None where it cannot do
        that.
        """
        try:
            return compute(wide) if (wide := self.wide()) else None
        except Exception:  # some models hold on to float32
            return None

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        """Put the batch statistics back after what is computed in this
        block.
        """
        models = [model for model in (self.model, self.wide()) if model]
        before = [(buffer, buffer.clone()) for model in models for buffer in model.buffers()]
        yield
        with torch.no_grad():
            for buffer, value in before:
                buffer.copy_(value)

    def activations(self, given: Given, train: bool, model: torch.nn.Module | None = None) -> Tensors:
        """What each submodule returns, in the order in which they finish."""
        found: Tensors = {}
        with _hooks(model or self.model, found), torch.no_grad():
            self.call(given, train, model)
        return found

    def after_a_step(self, given: Given) -> tuple[Tensors, Tensors]:
        """The batch statistics after a step in train mode: PyTorch's, and with
        the variance that Flax's BatchNorm stores, which is divided by n.
        """
        sizes: dict[str, int] = {}
        norms = {n: m for n, m in self.model.named_modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)}
        hooks = [m.register_forward_pre_hook(_keep_size(sizes, name)) for name, m in norms.items()]
        before = {name: self.state()[name].clone() for name in self.statistics}
        with self.restored(), torch.no_grad():
            self.call(given, True)
            after = {name: self.state()[name].clone() for name in self.statistics}
        for hook in hooks:
            hook.remove()
        biased = dict(after)
        for name, n in sizes.items():
            var, momentum = f"{name}.running_var", norms[name].momentum
            if var in after and momentum is not None:
                old = before[var] * (1 - momentum)
                biased[var] = old + (after[var] - old) * (n - 1) / n
        return after, biased

    def gradients(self, given: Given, targets: Tensors, train: bool, model: torch.nn.Module | None = None) -> Tensors:
        """The gradient of the mean squared error by the names of the
        state_dict; zeros where there is none.
        """
        model = model or self.model
        model.zero_grad()
        self._error(model, given, targets, train).backward()
        grads = {name: p.grad for name, p in model.named_parameters(remove_duplicate=False)}
        model.zero_grad()
        return {n.name: torch.zeros(n.shape) if (g := grads.get(n.name)) is None else g for n in self.named}

    def _error(self, model: torch.nn.Module, given: Given, targets: Tensors, train: bool) -> torch.Tensor:
        found = self.call(given, train, model)
        return torch.stack([((found[path] - target) ** 2).mean() for path, target in targets.items()]).sum()

    def losses(
        self, names: set[str], given: Given, targets: Tensors, steps: int, how: tuple[str, float], train: bool, wide: bool
    ) -> list[float]:
        """The mean squared error at each step of a training run of some
        parameters; `how` is the optimizer and its learning rate.
        """
        model = self.wide() if wide else self.model
        assert model
        named = model.named_parameters(remove_duplicate=False)
        trained = list({id(p): p for n, p in named if n in names}.values())
        name, rate = how
        if name == "SGD":
            optimizer: torch.optim.Optimizer = torch.optim.SGD(trained, rate, momentum=0.9)
        else:
            optimizer = torch.optim.AdamW(trained, rate, weight_decay=0.01)
        values = []
        given = as_double(given) if wide else given
        for _ in range(steps):
            optimizer.zero_grad()
            loss = self._error(model, given, targets, train)
            loss.backward()
            optimizer.step()
            values.append(loss.item())
        optimizer.zero_grad()
        return values


def _load(model: torch.nn.Module, path: Path) -> None:
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


def _perturbed(parameter: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    normal = torch.randn(parameter.shape, generator=draw)
    first = parameter.flatten()[:1]
    if parameter.numel() == 0 or not bool((parameter == first).all()):
        spread = parameter.float().std() if parameter.numel() > 1 else parameter.float().abs().mean()
        return parameter + 0.1 * spread * normal
    if abs(first.item()) >= 0.1:
        return parameter * (0.5 + torch.rand(parameter.shape, generator=draw))
    fan_in = parameter[0].numel() if parameter.ndim > 1 else 0
    return parameter + normal * (fan_in**-0.5 if fan_in > 1 else 0.2)


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
def _hooks(model: torch.nn.Module, found: Tensors) -> Iterator[None]:
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

    hooks = [module.register_forward_hook(keep(name)) for name, module in model.named_modules() if name]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _keep_size(sizes: dict[str, int], name: str) -> Callable[[Any, Any], None]:
    def hook(module: Any, args: Any) -> None:
        sizes[name] = args[0].numel() // args[0].shape[1]  # values per channel

    return hook


def cast(given: Given, dtype: torch.dtype) -> Given:
    """Inputs, whose floats have another dtype."""

    def one(x: Any) -> Any:
        return x.to(dtype) if isinstance(x, torch.Tensor) and x.is_floating_point() else x

    return {name: one(x) for name, x in given.items()} if isinstance(given, dict) else tuple(map(one, given))


def as_double(given: Given) -> Given:
    """Inputs in float64."""
    return cast(given, torch.float64)
