"""A test of any server against the contract of the assignment: one endpoint, three keys, a model that reloads."""
