"""When two pictures look alike: hashes of 64 bits of which only a few differ.

The hash (dHash) tells for each of 8 × 8 places of the reduced grey picture whether its right neighbour is brighter.
Compression, scaling and a watermark change a few bits, another motif about half of them.

To find the hashes that differ in at most `MOST_DIFFERENT` bits without looking at all, each is kept in 4 bands of 16
bits. If no more than 7 bits differ in all, then in one of the 4 bands at most 1 does; so whoever looks up each band as
it is and with each one of its bits turned, 68 values, finds them all. Of a million pictures that is about a thousand.
"""

BANDS = 4
MOST_DIFFERENT = 6
_BAND_BITS = 16
_BITS = BANDS * _BAND_BITS
_MASK = (1 << _BAND_BITS) - 1


def bands(dhash: int) -> list[int]:
    """The four quarters of a hash, the highest first. dhash: signed or unsigned, 64 bits."""
    return [(dhash >> shift) & _MASK for shift in range(_BITS - _BAND_BITS, -1, -_BAND_BITS)]


def probes(dhash: int) -> tuple[list[int], list[int], int]:
    """Bands and values to look up, side by side, and the greatest number of bits that may differ."""
    pairs = [
        (band, value)
        for band, exact in enumerate(bands(dhash))
        for value in (exact, *(exact ^ (1 << bit) for bit in range(_BAND_BITS)))
    ]
    return [band for band, _ in pairs], [value for _, value in pairs], MOST_DIFFERENT


def signed(dhash: int) -> int:
    """The hash as PostgreSQL's bigint has it."""
    return dhash - (1 << _BITS) if dhash >> (_BITS - 1) else dhash


def distance(one: int, other: int) -> int:
    """In how many bits two hashes differ."""
    return ((one ^ other) & ((1 << _BITS) - 1)).bit_count()
