"""The vocabulary in which everything else is written: operations, errors, levels of support."""
