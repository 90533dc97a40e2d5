"""The commands of `kata`, one module for each group of them."""
