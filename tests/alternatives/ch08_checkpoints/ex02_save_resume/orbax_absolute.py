"""Orbax, which takes typed keys and compares structure and shapes itself."""

import os

import orbax.checkpoint as ocp


def save(path, state):
    with ocp.StandardCheckpointer() as checkpointer:
        checkpointer.save(os.path.abspath(path), state, force=True)


def restore(path, template):
    with ocp.StandardCheckpointer() as checkpointer:
        return checkpointer.restore(os.path.abspath(path), template)
