"""The snapshot's format: reading, writing, verifying and publishing it."""
