"""Encoders: text in, unit vectors and a fingerprint out."""
