"""Hold the texts to docs/style.md: patterns that a program can find, and one
width.

    python tests/kit/prose.py            list what does not fit; exit 1 if anything does not
    python tests/kit/prose.py --wrap     wrap docstrings at 80 columns

Texts are Markdown outside code blocks, docstrings, and strings of several
words.
"""

import ast
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 80
# The mistakes' words are edited apart from the other texts; attacks and cases are data.
APART = ("tests/mistakes/", "tests/alternatives/", "tests/kit/", "exercises/")

# A pattern, and the reason with what to write instead.
PATTERNS = {
    r"\bshall\b": "nobody speaks so: must, should, or the present tense",
    r"\bunless (you|it|they) (say|says|are told|is told)|\bunless (told|asked)\b": "write: by default",
    r"\bnothing is raised\b|\braises? nothing\b": "write: raises no error",
    r"(?<!there )(?<!here )\b(is|are|was) no (?!longer|more\b|less\b|different|such\b|need\b|way\b|one\b)[a-z`]": "write: is not a",
    r"\b(one|two) \w+ an? (sample|step|exercise|learner|check|layer|batch|line|row|token|head|channel|run|call)\b": "write: per",
    r"\btold by (its|their) own names?\b|\btold by name\b": "write: identified as",
    r"\bthe one who\b|\bwhoever\b": "name the person: the caller, the reader",
    r"\bbelongs? into\b": "write: belongs in",
    r"\b(but for|all but) (?!one\b)(the|its|those|that|what)\b": "write: except",
    r"\bgiv(e|es|ing) back\b|\bgave back\b": "write: return",
    r"\barrays? of JAX\b": "write: JAX array",
    r"\bmade anew\b|\banew\b": "write: again",
    r"\bby which\b|\bof which\b": "begin a new sentence",
    r"\bin the place of\b": "write: in place of",
    r"\bneither\.": "say what is not changed",
    r"\bwhat it does\b|\bwhat is returned\b|\bwhat comes back\b": "start with the subject: it returns",
    r"\bin words\b": "say it; or: as text",
    r"\bmeets? (a|the) stub\b": "write: reaches a stub",
    r"\bbeside what\b": "write: compared with",
}


def tracked(*patterns: str) -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).exists()]


def docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node):
            yield node.body[0].value


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Line numbers and texts that people read."""
    content = path.read_text("utf-8")
    if path.suffix == ".md":
        content = re.sub(r"```.*?```", lambda block: "\n" * block[0].count("\n"), content, flags=re.DOTALL)
        for number, line in enumerate(content.splitlines(), 1):
            if not line.startswith(("    ", "|")):
                yield number, line
        return
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(" ") > 2:
            yield node.lineno, node.value


def findings(path: Path) -> Iterator[str]:
    for number, text in texts(path):
        for pattern, reason in PATTERNS.items():
            for found in re.finditer(pattern, " ".join(re.sub(r"`[^`]*`", "`code`", text).split())):
                yield f"{path.relative_to(ROOT)}:{number}: {found[0]!r}: {reason}"


# --- width ---


def wrapped(lines: list[str], width: int = WIDTH, old: int = WIDTH) -> list[str]:
    """Lines of one docstring, refilled where the one before is full at the
    `old` width; short lines stay as they are.
    """
    result: list[str] = []
    for line in lines:
        text, before = line.strip(), result[-1] if result else ""
        indent = _indent(line)
        same = before.strip() and text.strip('"') and _indent(before) == indent == _indent(lines[0])
        if same and "  " not in text and len(before) + 1 + len(text.split()[0]) > old and "  " not in before.strip():
            result[-1] = f"{before} {text}"
        else:
            result.append(line)
    parts = [part for line in result for part in _filled(line, width, _indent(lines[0]))]
    if len(parts) > 1 and parts[-1].strip() != '"""':  # what became several lines is closed on one of its own
        indent = parts[0][: len(parts[0]) - len(parts[0].lstrip())]
        parts[-1:] = [parts[-1].removesuffix('"""').rstrip(), f'{indent}"""']
    return parts


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _filled(line: str, width: int, base: int = 0) -> list[str]:
    """A line in parts of the width; tables, links and what is indented below
    `base` stay whole.
    """
    if len(line) <= width or "  " in line.strip() or "://" in line or _indent(line) > base:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.strip(), width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def wrap(path: Path, old: int) -> str:
    """A file's text with its docstrings wrapped."""
    content = path.read_text("utf-8")
    lines = content.splitlines()
    for node in sorted(docstrings(ast.parse(content)), key=lambda n: -n.lineno):
        first, last = node.lineno - 1, node.end_lineno
        if max(map(len, lines[first:last])) > WIDTH:
            lines[first:last] = wrapped(lines[first:last], old=old)
    return "\n".join(lines) + "\n"


def too_wide(path: Path) -> Iterator[str]:
    """Lines of docstrings that are over the width, other than tables and
    links.
    """
    lines = path.read_text("utf-8").splitlines()
    for node in docstrings(ast.parse("\n".join(lines))):
        base = _indent(lines[node.lineno - 1])
        for number in range(node.lineno, node.end_lineno + 1):
            if [lines[number - 1]] != _filled(lines[number - 1], WIDTH, base):
                yield f"{path.relative_to(ROOT)}:{number}: over {WIDTH} columns; `--wrap` wraps it"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--wrap"]:
        old = int(arguments[1]) if len(arguments) > 1 else WIDTH
        for path in tracked("*.py"):
            if path.relative_to(ROOT).parts[0] != "exercises":  # cut from the solutions
                path.write_text(wrap(path, old), "utf-8")
        return 0
    found = [
        finding
        for path in tracked("*.md", "*.py")
        if not path.relative_to(ROOT).as_posix().startswith(APART) and path.name != "style.md"
        for finding in findings(path)
    ]
    found += [line for path in tracked("*.py") for line in too_wide(path)]
    for line in found:
        print(line)
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
