"""Records in: read, checked, and rejected with a reason."""
