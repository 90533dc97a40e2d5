"""A docstring as Markdown: what is indented is code, what has a dash is a list,
and the rest is text in which nothing else is markup.
"""

import ast
import re
from itertools import groupby

ITEM = re.compile(r" {0,2}[-*] ")
LINK = re.compile(r"https?://\S+")
CODE_OR_LINK = re.compile(rf"(`[^`]+`|{LINK.pattern})")
# Marks that would be read as markup, or as a formula.
MARKUP = re.compile(r"[*$<~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def of_docstring(docstring: str) -> str:
    """The first line becomes a heading."""
    title, _, rest = docstring.strip().partition("\n")
    return "\n\n".join([f"## {_inline(title)}", *blocks(rest)])


def blocks(text: str) -> list[str]:
    """Paragraphs, lists and code."""
    found: list[str] = []
    paragraphs = [p.rstrip() for p in re.split(r"\n\s*\n", text) if p.strip()]
    for is_code, some in groupby(paragraphs, key=lambda p: p.startswith("    ") and not ITEM.match(p)):
        together = list(some)
        found += [_code("\n\n".join(together))] if is_code else [each for p in together for each in _prose(p)]
    return found


def _code(text: str) -> str:
    """A block of code; of Python, if it is some."""
    lines = "\n".join(line[4:] for line in text.splitlines())
    try:
        ast.parse(lines)
    except SyntaxError:
        return f"```text\n{lines}\n```"
    return f"```python\n{lines}\n```"


def _prose(paragraph: str) -> list[str]:
    """A paragraph, with the list in it if it has one."""
    items: list[str] = []
    before: list[str] = []
    for line in paragraph.lstrip("\n").splitlines():
        if ITEM.match(line) and (items or not before or before[-1].rstrip().endswith(":")):
            items.append(line.strip()[2:])
        elif items:
            items[-1] += f" {line.strip()}"
        else:
            before.append(line)
    text = [_inline(" ".join(line.strip() for line in before))] if before else []
    return [*text, "\n".join(f"- {_inline(item)}" for item in items)] if items else text


def _inline(text: str) -> str:
    """Text with its code and links as they are, and other marks escaped."""
    pieces = CODE_OR_LINK.split(text)
    return "".join(_escaped(p) if i % 2 == 0 else f"<{p}>" if LINK.fullmatch(p) else p for i, p in enumerate(pieces))


def _escaped(text: str) -> str:
    return MARKUP.sub(lambda mark: "\\" + mark[0], text)
