"""What each command of playlist-trainer does; each returns one sentence about what was done, or nothing."""
