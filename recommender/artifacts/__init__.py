"""The folder on disk: where everything lies, crash-safe writes, one holder, takedowns."""
