"""Small changes to a right answer, one at a time: what graded checks must tell
from it.

Each operator is a function from a node of the answer's syntax tree to the nodes
that may stand in its place; `None` deletes a statement. They are those of
mutation testing (comparisons, arithmetic, numbers, conditions, statements) and
those of this field (axes, dtypes, reductions, copies, keys, epsilons, switches
such as `train`, and arguments that are ignored).
"""

import ast
import copy
import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Nodes = Iterator[ast.AST | None]

COMPARE = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
COMPARE |= {ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn}  # codespell:ignore notin
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mod}
ARITHMETIC |= {ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
# Names that are taken for one another.
SWAPS = [("mean", "sum"), ("max", "min"), ("maximum", "minimum"), ("argmax", "argmin"), ("var", "std"), ("any", "all")]
SWAPS += [("zeros", "ones"), ("zeros_like", "ones_like"), ("floor", "ceil"), ("relu", "gelu"), ("tanh", "sigmoid")]
SWAPS += [("softmax", "log_softmax"), ("avg_pool", "max_pool"), ("normal", "uniform"), ("deepcopy", "copy")]
DTYPES = [("float32", "bfloat16"), ("float16", "bfloat16"), ("float64", "float32"), ("int32", "int8")]
SMALL = 0.01  # a number below it is an epsilon, a rate, a spread


@dataclass(frozen=True)
class Mutant:
    """A changed answer: which operator, the text, and the changed lines as in a
    diff.
    """

    operator: str
    text: str
    change: tuple[str, ...]


def mutants(source: str, used: Mapping[str, Mapping[str, list[Any]]]) -> list[Mutant]:
    """All mutants of an answer's text. `used` has the values that checks gave
    to parameters and fields: by function or class, and by name.
    """
    tree = _without_docstrings(ast.parse(source))
    original = ast.unparse(tree)
    found = {original: Mutant("none", original, ())}
    kept = _left_alone(tree) | _given(tree, source)
    for index, node in enumerate(ast.walk(tree)):
        for operator, new in () if node in kept else _changes(node, used):
            text = ast.unparse(ast.fix_missing_locations(_with(tree, index, new)))
            if text not in found:
                found[text] = Mutant(operator, text, _diff(original, text))
    return list(found.values())[1:]


def original(source: str) -> str:
    """The answer as mutants are written: without comments and docstrings."""
    return ast.unparse(_without_docstrings(ast.parse(source)))


def _diff(before: str, after: str) -> tuple[str, ...]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _left_alone(tree: ast.Module) -> set[ast.AST]:
    """Annotations, imports, and the words of exceptions: they decide
    nothing.
    """
    roots: list[ast.AST | None] = []
    for node in ast.walk(tree):
        match node:
            case ast.Import() | ast.ImportFrom() | ast.JoinedStr():
                roots.append(node)
            case ast.arg() | ast.AnnAssign():
                roots.append(node.annotation)
            case ast.FunctionDef():
                roots.append(node.returns)
            case ast.Raise(exc=ast.Call(args=args)):
                roots += args
    return {node for root in roots if root for node in ast.walk(root)}


def _given(tree: ast.Module, source: str) -> set[ast.AST]:
    """What stands outside the marks of the solution: learners do not write
    it.
    """
    lines = [line.strip() for line in source.splitlines()]
    begins, ends = ([i for i, line in enumerate(lines, 1) if line == mark] for mark in ("# <solution>", "# </solution>"))
    written = [range(begin, end) for begin, end in zip(begins, ends, strict=True)] or [range(len(lines) + 1)]

    def learners(node: ast.AST) -> bool:
        place = getattr(node, "target", node) if isinstance(node, ast.comprehension) else node
        last = getattr(place, "end_lineno", None)
        return last is None or any(place.lineno < lines.stop and last >= lines.start for lines in written)

    return {node for node in ast.walk(tree) if not learners(node)}


class _Replacing(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST | None) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        if node is not self.old:
            return self.generic_visit(node)
        return ast.Pass() if self.new is None else self.new


def _with(tree: ast.Module, index: int, new: ast.AST | None) -> ast.Module:
    """A copy of the tree with another node at `index`."""
    copied = copy.deepcopy(tree)
    old = next(node for i, node in enumerate(ast.walk(copied)) if i == index)
    return _Replacing(old, new).visit(copied)


def _changes(node: ast.AST, used: Mapping[str, Mapping[str, list[Any]]]) -> Iterator[tuple[str, ast.AST | None]]:
    for operator, function in OPERATORS.items():
        for new in function(node):
            yield operator, new
    if isinstance(node, ast.FunctionDef):
        for new in _argument_ignored(node, used.get(node.name, {})):
            yield "argument_ignored", new
    if isinstance(node, ast.ClassDef):
        for new in _field_ignored(node, used.get(node.name, {})):
            yield "field_ignored", new


def _like(node: ast.AST, **fields: Any) -> ast.AST:
    new = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


# --- operators of mutation testing ---


def comparison(node: ast.AST) -> Nodes:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARE:
        yield _like(node, ops=[COMPARE[type(node.ops[0])](), *node.ops[1:]])


def arithmetic(node: ast.AST) -> Nodes:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield _like(node, op=ARITHMETIC[type(node.op)]())


def number(node: ast.AST) -> Nodes:
    """One more and one less; a float also doubled, and an epsilon moved by
    tens.
    """
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool | str | bytes | None | type(...)):
        return
    value = node.value
    others: list[float] = [value + 1, value - 1] if isinstance(value, int) else [value * 2 or 1.0, value / 2 or -1.0]
    if isinstance(value, float) and 0 < value < SMALL:
        others = [value * 10, value / 10, 0.0]
    for other in others:
        yield ast.Constant(other)


def sign(node: ast.AST) -> Nodes:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield node.operand


def logic(node: ast.AST) -> Nodes:
    if isinstance(node, ast.BoolOp):
        yield _like(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        yield from node.values


def branch(node: ast.AST) -> Nodes:
    """Always or never taken."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        never = ast.Constant(False)
        yield _like(node, test=never)
        if not isinstance(node, ast.While):
            yield _like(node, test=ast.Constant(True))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield _like(node, ifs=[])
    if _called(node) == "where" and len(node.args) == 3:
        yield from node.args[1:]


def statement(node: ast.AST) -> Nodes:
    """Left out: a call for its effect, an update of a name, an exception."""
    if isinstance(node, ast.Expr | ast.AugAssign | ast.Raise | ast.Assert | ast.Continue | ast.Break):
        yield None
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield None
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node.value)):
            yield None


def order(node: ast.AST) -> Nodes:
    """The two of a pair turned round, and the operands of what does not
    commute.
    """
    if isinstance(node, ast.Tuple | ast.List) and len(node.elts) == 2 and isinstance(node.ctx, ast.Load):
        yield _like(node, elts=node.elts[::-1])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield _like(node, left=node.right, right=node.left)


# --- operators of this field ---


def _called(node: ast.AST) -> str:
    """The last name of what is called: `mean` of `jnp.mean(x)`."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _swapped(pairs: list[tuple[str, str]], node: ast.AST) -> Nodes:
    field = "attr" if isinstance(node, ast.Attribute) else "id"
    for one, other in pairs:
        for old, new in ((one, other), (other, one)):
            if isinstance(node, ast.Attribute | ast.Name) and getattr(node, field) == old:
                yield _like(node, **{field: new})


def reduction(node: ast.AST) -> Nodes:
    """`mean` for `sum`, `max` for `min`, and others that are taken for one
    another.
    """
    if isinstance(node, ast.Attribute):
        yield from _swapped(SWAPS, node)


def dtype(node: ast.AST) -> Nodes:
    """Narrowed or widened; or not converted."""
    if isinstance(node, ast.Attribute):
        yield from _swapped(DTYPES, node)


def switch(node: ast.AST) -> Nodes:
    """`train=True` for `train=False`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)


def call_left_out(node: ast.AST) -> Nodes:
    """The argument in place of a call: no copy, no transpose, no activation, no
    `stop_gradient`; the object in place of its method.
    """
    if isinstance(node, ast.Call) and node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield node.func.value
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield node.value


def argument_left_out(node: ast.AST) -> Nodes:
    """A keyword's default in place of what it was given."""
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            yield _like(node, keywords=[k for k in copy.deepcopy(node.keywords) if k.arg != keyword.arg])


def key_again(node: ast.AST) -> Nodes:
    """The same key several times in place of different ones."""
    if _called(node) == "split" and "random" in ast.unparse(node.func):
        many = node.args[1] if len(node.args) > 1 else ast.Constant(2)
        yield ast.parse(f"[{ast.unparse(node.args[0])}] * ({ast.unparse(many)})", mode="eval").body


def entry_left_out(node: ast.AST) -> Nodes:
    """One entry less in a dict that is written down."""
    if isinstance(node, ast.Dict):
        for i in range(len(node.keys)):
            yield _like(node, keys=node.keys[:i] + node.keys[i + 1 :], values=node.values[:i] + node.values[i + 1 :])


def first_only(node: ast.AST) -> Nodes:
    """The first alone in place of all that a loop goes through."""
    if isinstance(node, ast.For | ast.comprehension):
        yield _like(node, iter=ast.parse(f"list({ast.unparse(node.iter)})[:1]", mode="eval").body)


def _argument_ignored(node: ast.FunctionDef, used: Mapping[str, list[Any]]) -> Nodes:
    """A parameter that is always what a check gave it, or its default."""
    names, defaults = [a.arg for a in (*node.args.args, *node.args.kwonlyargs)], _defaults(node.args)
    for name in names:
        for value in [*defaults.get(name, []), *used.get(name, [])]:
            fixed = ast.parse(f"{name} = {value!r}").body
            yield _like(node, body=[*fixed, *node.body])


def _defaults(arguments: ast.arguments) -> dict[str, list[Any]]:
    given = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    pairs = [*zip(given, arguments.defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    return {arg.arg: [value.value] for arg, value in pairs if isinstance(value, ast.Constant)}


class _Fixing(ast.NodeTransformer):
    def __init__(self, name: str, value: Any) -> None:
        self.name, self.value = name, value

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        mine = isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr == self.name
        return ast.Constant(self.value) if mine and isinstance(node.ctx, ast.Load) else self.generic_visit(node)


def _field_ignored(node: ast.ClassDef, used: Mapping[str, list[Any]]) -> Nodes:
    """A module's field that is always what a check gave it, or its default."""
    for field in node.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            name = field.target.id
            default = [field.value.value] if isinstance(field.value, ast.Constant) else []
            for value in [*default, *used.get(name, [])]:
                yield _Fixing(name, value).visit(copy.deepcopy(node))


FUNCTIONS = [comparison, arithmetic, number, sign, logic, branch, statement, order, reduction, dtype, switch]
FUNCTIONS += [call_left_out, argument_left_out, entry_left_out, key_again, first_only]
OPERATORS: dict[str, Callable[[Any], Nodes]] = {function.__name__: function for function in FUNCTIONS}
