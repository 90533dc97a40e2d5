"""What an instructor does: reads submissions, grades cohorts, exports results,
sets platforms up.
"""
