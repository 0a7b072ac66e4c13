"""Evaluation: the product and plain methods, measured on labelled articles."""
