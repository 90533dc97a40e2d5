"""The board of a room: a small server that shows, live, what learners' machines
tell it.
"""
