"""The routes, one blueprint per subject."""
