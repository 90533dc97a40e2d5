"""PyTorch's side: the model, with weights that hide nothing; what it computes,
and how far its own float32 is from its float64.
"""

import contextlib
import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from flaxkata.port import reading, weighting
from flaxkata.port.keeping import nothing_dropped
from flaxkata.port.reading import Given, Tensors, as_double, place_of, tensors_of
from flaxkata.port.section import Section, Unusable, told

BATCH_NORMS = (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.BatchNorm3d, torch.nn.SyncBatchNorm)
MADE, PERTURBED, SMALL = "as they are made", "perturbed", "that keep activations small"


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
            weighting.load(self.model, section.path.parent / place)
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
            place = place_of(name, tensor)
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
                weighting.perturb(self.model, self._statistics())
            if weights == SMALL:
                weighting.keep_small(self.model, self._statistics())
        self._stale = True

    def _statistics(self) -> list[torch.Tensor]:
        return [self.state()[name] for name in sorted(self.statistics)]

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
        with reading.hooks(model or self.model, found), torch.no_grad():
            self.call(given, train, model)
        return found

    def after_a_step(self, given: Given) -> tuple[Tensors, Tensors]:
        """The batch statistics after a step in train mode: PyTorch's, and with
        the variance that Flax's BatchNorm stores, which is divided by n.
        """
        sizes: dict[str, int] = {}
        norms = {n: m for n, m in self.model.named_modules() if isinstance(m, BATCH_NORMS)}
        hooks = [m.register_forward_pre_hook(reading.keep_size(sizes, name)) for name, m in norms.items()]
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
