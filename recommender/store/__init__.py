"""The nightly job's memory between nights."""
