"""Mining: what songs have to do with each other, from the playlists that hold them."""
