"""What runs beside the learner's code for 4.8 detach."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp


class Pair(NamedTuple):
    """The params of a layer."""

    kernel: jax.Array
    bias: jax.Array


class Layer:
    """The params of a layer, in a class of one's own."""

    def __init__(self, kernel: Any, bias: Any):
        self.kernel, self.bias = kernel, bias


jax.tree_util.register_pytree_node(Layer, lambda layer: ((layer.kernel, layer.bias), None), lambda _, parts: Layer(*parts))


def in_form(numbers: Any, form: str) -> Any:
    """Params in a form: a tuple may become a namedtuple or a class."""
    params = jax.tree.map(jnp.asarray, numbers)
    return {"a namedtuple": Pair, "a class": Layer}[form](*params) if form in ("a namedtuple", "a class") else params


def plain(tree: Any) -> Any:
    """The same tree with tuples in place of `Layer`."""

    def is_layer(part: Any) -> bool:
        return isinstance(part, Layer)

    return jax.tree.map(lambda part: (part.kernel, part.bias) if is_layer(part) else part, tree, is_leaf=is_layer)


def shape(tree: Any) -> str:
    """A tree as JAX shows its form, * for each array."""
    return str(jax.tree.structure(tree)).removeprefix("PyTreeDef(")[:-1].replace(f"{__name__}.", "")


def mlp(params: Any, x: jax.Array) -> jax.Array:
    """TorchMLP, from params of any depth."""
    while "fc1" not in params:
        (params,) = params.values()
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"]


def vectors(params: Any, x: jax.Array) -> jax.Array:
    """A layer of vectors, from a tuple, a namedtuple or a class."""
    kernel, bias = (params.kernel, params.bias) if hasattr(params, "kernel") else params
    return x @ kernel + bias


def centered(params: Any, x: jax.Array) -> jax.Array:
    """The same, less the mean of the batch: what it says of a row depends on
    the others.
    """
    return vectors(params, x - x.mean(axis=0))


def indices(params: Any, x: jax.Array) -> jax.Array:
    """A layer of one-hot vectors, from their indices."""
    return params.kernel[x] + params.bias


def images(params: Any, x: jax.Array) -> jax.Array:
    """A layer of images (batch, H, W, C)."""
    return x.max(axis=1).mean(axis=1) @ params.kernel + params.bias


def value(forward: Any) -> Any:
    """`forward` with its last axis, of size 1, left out."""
    return lambda params, x: forward(params, x)[..., 0]


def td_gradient(td_loss: Any, value: Any, params: Any, *batch: Any) -> Any:
    """The gradient of the loss in params."""
    return plain(jax.jit(jax.grad(partial(td_loss, value)))(params, *batch))


def quantized_gradients(quantize: Any, z: jax.Array, codebook: jax.Array, beta: float, weights: jax.Array) -> Any:
    """The gradients in z and in codebook of the weighted sum of `quantized`."""

    def total(z: jax.Array, codebook: jax.Array, beta: float, weights: jax.Array) -> jax.Array:
        return jnp.sum(quantize(z, codebook, beta)[0] * weights)

    gradients = jax.jit(jax.grad(total, argnums=(0, 1)))(z, codebook, beta, weights)
    return dict(zip(("z", "codebook"), gradients, strict=True))


def loss_gradients(quantize: Any, z: jax.Array, codebook: jax.Array, beta: float) -> Any:
    """The gradients in z and in codebook of the loss."""
    gradients = jax.jit(jax.grad(lambda *given: quantize(*given)[1], argnums=(0, 1)))(z, codebook, beta)
    return dict(zip(("z", "codebook"), gradients, strict=True))


def teacher_gradients(teacher_loss: Any, forward: Any, student: Any, teacher: Any, x: jax.Array, decay: float) -> Any:
    """The gradients of the loss in student and in teacher."""
    compiled = jax.jit(jax.grad(partial(teacher_loss, forward), argnums=(0, 1), has_aux=True))
    gradients, _ = compiled(student, teacher, x, decay)
    return dict(zip(("student", "teacher"), map(plain, gradients), strict=True))
