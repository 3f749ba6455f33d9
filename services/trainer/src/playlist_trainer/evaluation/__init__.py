"""How good the recommendations are, and whether a new model is good enough to publish."""
