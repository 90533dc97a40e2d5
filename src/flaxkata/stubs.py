"""Solution text -> stub text: what stands between `# <solution>` and `#
</solution>` becomes NotImplementedError.

At the margin it is helpers, not the body of a function, and becomes a comment:
a file that raises could not be loaded.
"""

import re

from flaxkata.exercise import Exercise

ANSWER = re.compile(r"^([ \t]*)# <solution>\n.*?^[ \t]*# </solution>\n", re.MULTILINE | re.DOTALL)


def cut(exercise: Exercise) -> str:
    """The stub of an exercise. Raises ValueError when its solution marks no
    answer.
    """
    line = f'raise NotImplementedError("{exercise.number} {exercise.slug}: your code here")\n'
    room = "# Room for modules and functions of your own.\n"
    text, count = ANSWER.subn(lambda found: found[1] + line if found[1] else room, exercise.solution.read_text("utf-8"))
    if not count:
        raise ValueError(f"{exercise.solution} marks no answer between `# <solution>` and `# </solution>`")
    return text
