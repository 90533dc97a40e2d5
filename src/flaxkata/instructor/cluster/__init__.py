"""A Dask cluster as the place where a cohort's jobs run. Nothing else knows
Dask.
"""
