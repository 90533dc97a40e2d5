"""One module per output; each is a pure function of the report."""
