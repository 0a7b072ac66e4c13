"""The nightly job: its stages, and the order that they run in."""
