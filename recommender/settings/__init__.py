"""All settings of the nightly job: one frozen object, and how it is read."""
