"""The values that wings and users exchange: frozen, typed, ready for JSON."""
