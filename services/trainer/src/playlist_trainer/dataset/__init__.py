"""From a dataset's address to numbered playlists."""
