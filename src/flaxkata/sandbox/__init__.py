"""The learner's side: JAX, Flax, the learner's file, and what confines them. It
answers questions and asks none.
"""
