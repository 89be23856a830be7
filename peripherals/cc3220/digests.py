# ironpython: executed by Renode
"""The compression functions of MD5 (RFC 1321), SHA-1 and SHA-2 with 32-bit words (FIPS 180-4), for
where no library can be imported, or a digest has to go on from its middle.

`compress(state, block)` takes the words of a state and 64 bytes, and returns the next state.
"""

MASK = 0xFFFFFFFF


def _left(value, count):
    # type: (int, int) -> int
    return (value << count | value >> (32 - count)) & MASK


def _right(value, count):
    # type: (int, int) -> int
    return (value >> count | value << (32 - count)) & MASK


def _root(value, degree):
    # type: (int, int) -> int
    """Integer part of the root."""
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if middle**degree <= value:
            low = middle
        else:
            high = middle
    return low


def _primes(count):
    # type: (int) -> list[int]
    primes = []  # type: list[int]
    number = 2
    while len(primes) < count:
        if all(number % prime for prime in primes):
            primes.append(number)
        number += 1
    return primes


def _sines():
    # type: () -> list[int]
    """Integer parts of 2^32 * |sin(i)| for i = 1 to 64 (radians), with 128 bits of fraction."""
    bits = 128
    one = 1 << bits
    sines = []
    for angle in range(1, 65):
        # Away from multiples of pi/2 the series of e^(i x) converges fast after halving x.
        halvings = 10
        x = (angle << bits) >> halvings
        sine, cosine, term, order = 0, 0, one, 0
        while term:
            if order % 2:
                sine += term if order % 4 == 1 else -term
            else:
                cosine += term if order % 4 == 0 else -term
            order += 1
            term = (term * x >> bits) // order
        for _ in range(halvings):
            sine, cosine = 2 * sine * cosine >> bits, (cosine * cosine - sine * sine) >> bits
        sines.append(abs(sine) >> (bits - 32))
    return sines


MD5_CONSTANTS = _sines()
MD5_SHIFTS = ((7, 12, 17, 22), (5, 9, 14, 20), (4, 11, 16, 23), (6, 10, 15, 21))
SHA2_CONSTANTS = [_root(prime << 96, 3) & MASK for prime in _primes(64)]
MD5_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
SHA1_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
SHA256_START = tuple(_root(prime << 64, 2) & MASK for prime in _primes(8))
# The second words of the roots of the 9th to 16th primes.
SHA224_START = tuple(_root(prime << 128, 2) & MASK for prime in _primes(16)[8:])


def _words(block, big_endian):
    # type: (list[int], bool) -> list[int]
    words = []
    for i in range(0, 64, 4):
        a, b, c, d = block[i : i + 4]
        words.append(
            a << 24 | b << 16 | c << 8 | d if big_endian else d << 24 | c << 16 | b << 8 | a
        )
    return words


def compress_md5(state, block):
    # type: (typing.Sequence[int], list[int]) -> list[int]
    words = _words(block, False)
    a, b, c, d = state
    for i in range(64):
        turn = i // 16
        if turn == 0:
            mixed, index = b & c | ~b & d, i
        elif turn == 1:
            mixed, index = d & b | ~d & c, (5 * i + 1) % 16
        elif turn == 2:
            mixed, index = b ^ c ^ d, (3 * i + 5) % 16
        else:
            mixed, index = c ^ (b | ~d & MASK), 7 * i % 16
        total = (a + (mixed & MASK) + MD5_CONSTANTS[i] + words[index]) & MASK
        a, d, c, b = d, c, b, (b + _left(total, MD5_SHIFTS[turn][i % 4])) & MASK
    return [(x + y) & MASK for x, y in zip(state, (a, b, c, d))]  # noqa: B905


def compress_sha1(state, block):
    # type: (typing.Sequence[int], list[int]) -> list[int]
    words = _words(block, True)
    for i in range(16, 80):
        words.append(_left(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1))
    a, b, c, d, e = state
    for i in range(80):
        if i < 20:
            mixed, constant = b & c | ~b & d, 0x5A827999
        elif i < 40:
            mixed, constant = b ^ c ^ d, 0x6ED9EBA1
        elif i < 60:
            mixed, constant = b & c | b & d | c & d, 0x8F1BBCDC
        else:
            mixed, constant = b ^ c ^ d, 0xCA62C1D6
        total = (_left(a, 5) + (mixed & MASK) + e + constant + words[i]) & MASK
        e, d, c, b, a = d, c, _left(b, 30), a, total
    return [(x + y) & MASK for x, y in zip(state, (a, b, c, d, e))]  # noqa: B905


def compress_sha2(state, block):
    # type: (typing.Sequence[int], list[int]) -> list[int]
    words = _words(block, True)
    for i in range(16, 64):
        early, late = words[i - 15], words[i - 2]
        first = _right(early, 7) ^ _right(early, 18) ^ early >> 3
        second = _right(late, 17) ^ _right(late, 19) ^ late >> 10
        words.append((words[i - 16] + first + words[i - 7] + second) & MASK)
    a, b, c, d, e, f, g, h = state
    for i in range(64):
        first = _right(e, 6) ^ _right(e, 11) ^ _right(e, 25)
        choice = e & f ^ ~e & MASK & g
        total = (h + first + choice + SHA2_CONSTANTS[i] + words[i]) & MASK
        second = _right(a, 2) ^ _right(a, 13) ^ _right(a, 22)
        majority = a & b ^ a & c ^ b & c
        h, g, f, e, d, c, b, a = (
            g, f, e, (d + total) & MASK, c, b, a, (total + second + majority) & MASK,
        )  # fmt: skip
    return [(x + y) & MASK for x, y in zip(state, (a, b, c, d, e, f, g, h))]  # noqa: B905


MYPY = False
if MYPY:
    import typing  # noqa: F401
