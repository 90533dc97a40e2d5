"""Exercises as notebooks, and answers out of them. Nothing here runs a cell."""
