"""Where the work of a stage is done: in this process, or wherever an `Engine` takes it."""
