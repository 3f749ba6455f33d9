"""Mines association rules from playlists and publishes them as a model."""
