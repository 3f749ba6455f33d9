"""Asks the recommendation API from the command line."""
