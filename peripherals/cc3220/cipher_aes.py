# ironpython: executed by Renode
"""The AES block cipher (FIPS 197), for where no library can be imported."""


def _tables():
    # type: () -> tuple[list[int], list[int]]
    """S-box and its inverse, from the inverse in GF(2^8) and the affine map (FIPS 197, 5.1.1)."""
    exponents, logarithms = [0] * 256, [0] * 256
    element = 1
    for power in range(255):
        exponents[power] = element
        logarithms[element] = power
        element ^= element << 1
        if element & 0x100:
            element ^= 0x11B
    box, inverse = [0] * 256, [0] * 256
    for value in range(256):
        reciprocal = exponents[(255 - logarithms[value]) % 255] if value else 0
        result = 0x63
        for turn in range(5):
            result ^= (reciprocal << turn | reciprocal >> (8 - turn)) & 0xFF
        box[value] = result
        inverse[result] = value
    return box, inverse


BOX, INVERSE_BOX = _tables()
BLOCK = 16
# Where each byte of the state comes from in ShiftRows, and back.
SHIFTED = [(i + 4 * (i % 4)) % 16 for i in range(16)]
UNSHIFTED = [(i - 4 * (i % 4)) % 16 for i in range(16)]


def _double(value):
    # type: (int) -> int
    value <<= 1
    return value ^ 0x11B if value & 0x100 else value


def _times(value, factor):
    # type: (int, int) -> int
    result = 0
    while factor:
        if factor & 1:
            result ^= value
        value = _double(value)
        factor >>= 1
    return result


PRODUCTS = dict(
    (factor, [_times(value, factor) for value in range(256)]) for factor in (2, 3, 9, 11, 13, 14)
)


def _mix(state, a, b, c, d):
    # type: (list[int], list[int] | None, list[int] | None, list[int] | None, list[int] | None) -> list[int]
    """MixColumns with the row (a b c d) of products; None multiplies by one."""
    mixed = []
    for column in range(0, 16, 4):
        for row in range(4):
            total = 0
            for table, offset in ((a, 0), (b, 1), (c, 2), (d, 3)):
                byte = state[column + (row + offset) % 4]
                total ^= byte if table is None else table[byte]
            mixed.append(total)
    return mixed


def expand_key(key):
    # type: (list[int]) -> list[list[int]]
    """Round keys of 16 bytes each."""
    words = [list(key[i : i + 4]) for i in range(0, len(key), 4)]
    count = len(words)
    constant = 1
    for index in range(count, 4 * (count + 7)):
        word = list(words[index - 1])
        if index % count == 0:
            word = [BOX[byte] for byte in word[1:] + word[:1]]
            word[0] ^= constant
            constant = _double(constant)
        elif count == 8 and index % count == 4:
            word = [BOX[byte] for byte in word]
        words.append([a ^ b for a, b in zip(words[index - count], word)])  # noqa: B905
    data = [byte for word in words for byte in word]
    return [data[i : i + BLOCK] for i in range(0, len(data), BLOCK)]


def encrypt(round_keys, block):
    # type: (list[list[int]], list[int]) -> list[int]
    state = [a ^ b for a, b in zip(block, round_keys[0])]  # noqa: B905
    last = len(round_keys) - 1
    for number in range(1, last + 1):
        state = [BOX[state[i]] for i in SHIFTED]
        if number != last:
            state = _mix(state, PRODUCTS[2], PRODUCTS[3], None, None)
        state = [a ^ b for a, b in zip(state, round_keys[number])]  # noqa: B905
    return state


def decrypt(round_keys, block):
    # type: (list[list[int]], list[int]) -> list[int]
    last = len(round_keys) - 1
    state = [a ^ b for a, b in zip(block, round_keys[last])]  # noqa: B905
    for number in range(last - 1, -1, -1):
        state = [INVERSE_BOX[state[i]] for i in UNSHIFTED]
        state = [a ^ b for a, b in zip(state, round_keys[number])]  # noqa: B905
        if number:
            state = _mix(state, PRODUCTS[14], PRODUCTS[11], PRODUCTS[13], PRODUCTS[9])
    return state
