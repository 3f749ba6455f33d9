"""The work of counting pairs in units that a task can hold, however popular a song or long a playlist is.

What counting the pairs of a song looks at, its work, are all songs of all playlists that hold it. Songs with little
work share a unit; the playlists of a song with more work than a unit may have are divided among several tasks, whose
counts are added up afterwards.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import block_end, offsets_of

# Songs of one unit: their rules come to the driver together.
_MOST_SONGS = 1 << 17


@dataclass(frozen=True)
class Units:
    """Songs in units, units in tasks.

    Attributes:
        first_songs: int32, units + 1; unit u has the songs ``[first_songs[u], first_songs[u + 1])``.
        first_tasks: int32, units + 1; unit u has the tasks ``[first_tasks[u], first_tasks[u + 1])``, more than one only
            if it has one song.
    """

    first_songs: NDArray[np.int32]
    first_tasks: NDArray[np.int32]

    @classmethod
    def of(cls, work: NDArray[np.int64], most_work: int) -> "Units":
        """Make units of the songs from 0 on.

        Args:
            work: one per song.
            most_work: of a task, inclusive.
        """
        offsets = offsets_of(work)
        first_songs, task_counts = [0], []
        while first_songs[-1] < len(work):
            begin = first_songs[-1]
            end = min(block_end(offsets, begin, most_work), begin + _MOST_SONGS)
            first_songs.append(end)
            task_counts.append(max(1, -(-int(work[begin]) // most_work)) if end == begin + 1 else 1)
        return cls(np.array(first_songs, np.int32), offsets_of(np.array(task_counts, np.int64)).astype(np.int32))

    def __len__(self) -> int:
        return len(self.first_songs) - 1

    @property
    def task_count(self) -> int:
        """How many tasks there are."""
        return int(self.first_tasks[-1])

    @property
    def divided_songs(self) -> NDArray[np.int32]:
        """The songs whose playlists are divided among several tasks, ascending."""
        return self.first_songs[:-1][np.diff(self.first_tasks) > 1]

    def songs_of_task(self, task: int) -> tuple[int, int, bool]:
        """Return a task's first song, the one behind its last, and whether other tasks count the same song."""
        unit = int(np.searchsorted(self.first_tasks, task, side="right")) - 1
        is_divided = int(self.first_tasks[unit + 1] - self.first_tasks[unit]) > 1
        return int(self.first_songs[unit]), int(self.first_songs[unit + 1]), is_divided

    def tasks_of(self, songs: NDArray[np.int32], playlists: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the task that counts each song of a playlist.

        Args:
            songs: each below the last unit's end.
            playlists: any number of the playlist, the same for all of its songs.
        """
        units = np.searchsorted(self.first_songs, songs, side="right") - 1
        starts = self.first_tasks[units]
        return (starts + playlists % (self.first_tasks[units + 1] - starts)).astype(np.int32)
