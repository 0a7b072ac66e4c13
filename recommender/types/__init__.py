"""The values that wings and users exchange: frozen, typed, without behaviour."""
