# ironpython: executed by Renode
"""The DES block cipher (FIPS 46-3), for where no library can be imported.

Bits are numbered as in the standard: 1 is the first, most significant one.
"""

INITIAL = [58 - 8 * (i % 8) + 2 * (i // 8) - (9 if i >= 32 else 0) for i in range(64)]
# The final permutation undoes the initial one.
FINAL = [INITIAL.index(i + 1) + 1 for i in range(64)]
EXPANSION = [(4 * (i // 6) + i % 6 - 1) % 32 + 1 for i in range(48)]
PERMUTATION = (
    16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10,
    2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
)  # fmt: skip
KEY_CHOICE_1 = (
    57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18,
    10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
    63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22,
    14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
)  # fmt: skip
KEY_CHOICE_2 = (
    14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
    41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
)  # fmt: skip
SHIFTS = (1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1)
# One row of sixteen digits per S-box row.
BOXES = (
    "E4D12FB83A6C5907 0F74E2D1A6CB9538 41E8D62BFC973A50 FC8249175B3EA06D",
    "F18E6B34972DC05A 3D47F28EC01A69B5 0E7BA4D158C6932F D8A13F42B67C05E9",
    "A09E63F51DC7B428 D709346A285ECBF1 D6498F30B12C5AE7 1AD069874FE3B52C",
    "7DE3069A1285BC4F D8B56F03472C1AE9 A690CB7DF13E5284 3F06A1D8945BC72E",
    "2C417AB6853FD0E9 EB2C47D150FA3986 421BAD78F9C5630E B8C71E2D6F09A453",
    "C1AF92680D34E75B AF427C9561DE0B38 9EF528C3704A1DB6 432C95FABE17608D",
    "4B2EF08D3C975A61 D0B7491AE35C2F86 14BDC37EAF680592 6BD814A7950FE23C",
    "D2846FB1A93E50C7 1FD8A374C56B0E92 7B419CE206ADF358 21E74A8DFC90356B",
)


def _row_digits(row):
    # type: (str) -> list[int]
    return [int(digit, 16) for digit in row]


SUBSTITUTIONS = [[_row_digits(row) for row in box.split()] for box in BOXES]


def _permute(value, width, table):
    # type: (int, int, typing.Sequence[int]) -> int
    result = 0
    for bit in table:
        result = result << 1 | value >> (width - bit) & 1
    return result


def round_keys(key):
    # type: (int) -> list[int]
    """Sixteen keys of 48 bits from one of 64, whose parity bits don't matter."""
    chosen = _permute(key, 64, KEY_CHOICE_1)
    left, right = chosen >> 28, chosen & 0xFFFFFFF
    keys = []
    for shift in SHIFTS:
        left = (left << shift | left >> (28 - shift)) & 0xFFFFFFF
        right = (right << shift | right >> (28 - shift)) & 0xFFFFFFF
        keys.append(_permute(left << 28 | right, 56, KEY_CHOICE_2))
    return keys


def _round(half, key):
    # type: (int, int) -> int
    mixed = _permute(half, 32, EXPANSION) ^ key
    result = 0
    for number, box in enumerate(SUBSTITUTIONS):
        six = mixed >> (42 - 6 * number) & 0x3F
        result = result << 4 | box[six >> 4 & 2 | six & 1][six >> 1 & 0xF]
    return _permute(result, 32, PERMUTATION)


def crypt(block, keys):
    # type: (int, typing.Sequence[int]) -> int
    """Encrypts 64 bits; decrypts with the keys in reverse order."""
    block = _permute(block, 64, INITIAL)
    left, right = block >> 32, block & 0xFFFFFFFF
    for key in keys:
        left, right = right, left ^ _round(right, key)
    return _permute(right << 32 | left, 64, FINAL)


MYPY = False
if MYPY:
    import typing  # noqa: F401
