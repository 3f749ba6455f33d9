"""Edits an installation's values in Git as a person would, and pushes them."""
