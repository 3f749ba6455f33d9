"""The interactive shell: a choice of songs that grows line by line, and what goes with it."""
