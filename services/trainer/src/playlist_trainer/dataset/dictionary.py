"""Small numbers for texts, by the order in which they are first met."""

import numpy as np
from numpy.typing import NDArray

_FIRST_SLOTS = 1024
# Most rows of a small dataset hold texts that its first rows hold too, and looking up costs less than sorting.
_FIRST_LOOKED_AT = 1 << 13


class Dictionary:
    """A hash table of 128-bit keys, looked up and filled a whole batch at a time.

    Texts enter as two 64-bit hashes with different seeds, so that two of them are taken for one with a probability of
    1e-26 at millions of texts. Costs 40 bytes per key at most, however long the texts are.
    """

    def __init__(self) -> None:
        self._count = 0
        self._keys = np.empty((2, _FIRST_SLOTS // 2), dtype=np.uint64)
        self._slots = np.full(_FIRST_SLOTS, -1, dtype=np.int32)  # open addressing, linear probing; -1: free

    def __len__(self) -> int:
        return self._count

    def numbers(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the number of each key, and the places in ``keys`` of those never met before, by their new number.

        Args:
            keys: 2 × keys; both halves of each.
        """
        found = self._found(keys)
        new_places = [np.empty(0, dtype=np.int64)]
        unknown = np.flatnonzero(found < 0)
        looked_at = _FIRST_LOOKED_AT
        while len(unknown):
            # Different keys with an equal first half are told apart by the next pass.
            _, firsts = np.unique(keys[0, unknown[:looked_at]], return_index=True)
            places = np.sort(unknown[firsts])  # in the order of memory, for whoever fetches the texts
            self._append(keys[:, places])
            new_places.append(places)
            found[unknown] = self._found(keys[:, unknown])
            unknown = unknown[found[unknown] < 0]
            looked_at *= 4
        return found, np.concatenate(new_places)

    def _found(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the number of each key, -1 where it has none."""
        numbers = np.full(keys.shape[1], -1, dtype=np.int32)
        places = np.arange(keys.shape[1])
        slots = self._first_slots(keys)
        while len(places):
            number = self._slots[slots]
            used = number >= 0
            equal = used & (self._keys[0, number] == keys[0, places]) & (self._keys[1, number] == keys[1, places])
            numbers[places[equal]] = number[equal]
            probing = used & ~equal
            places, slots = places[probing], self._next_slots(slots[probing])
        return numbers

    def _append(self, keys: NDArray[np.uint64]) -> None:
        """Number keys, distinct and new, in their order."""
        before, self._count = self._count, self._count + keys.shape[1]
        if self._count > self._keys.shape[1]:
            grown = np.empty((2, 2 ** self._count.bit_length()), dtype=np.uint64)
            grown[:, :before] = self._keys[:, :before]
            self._keys = grown
        self._keys[:, before : self._count] = keys
        if 2 * self._count > len(self._slots):
            self._slots = np.full(2 * self._keys.shape[1], -1, dtype=np.int32)
            before = 0
        self._enter(np.arange(before, self._count, dtype=np.int32))

    def _enter(self, numbers: NDArray[np.int32]) -> None:
        slots = self._first_slots(self._keys[:, numbers])
        while len(numbers):
            free = self._slots[slots] < 0
            self._slots[slots[free]] = numbers[free]
            # Of several numbers that wanted one slot, the last has it; the others try the next slot.
            without = self._slots[slots] != numbers
            numbers, slots = numbers[without], self._next_slots(slots[without])

    def _first_slots(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        slots: NDArray[np.int64] = (keys[0] & np.uint64(len(self._slots) - 1)).astype(np.int64)
        return slots

    def _next_slots(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        return (slots + 1) & (len(self._slots) - 1)
