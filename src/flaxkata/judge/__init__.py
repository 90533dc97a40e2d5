"""The verdict's side: PyTorch, the graded checks, comparing, diagnosing. No
learner's code is ever loaded here.
"""
