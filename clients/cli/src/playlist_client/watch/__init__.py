"""The instrument with which an operator sees a rollout: requests at a steady pace, and what became of each."""
