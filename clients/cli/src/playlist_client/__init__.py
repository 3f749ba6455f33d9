"""Asks the recommendation API from the command line, and measures it while something is rolled out."""
