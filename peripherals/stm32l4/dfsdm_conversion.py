# ironpython: executed by Renode
"""Arithmetic of DFSDM1 (RM0351 sections 24.4.8 to 24.4.10): what a filter makes of its input.

A bit stream is known by its density of ones only, from -1 to 1 in proportion to what is measured.
"""

FASTSINC = 0
"""FORD; 1 to 5 are Sinc1 to Sinc5."""
FASTSINC_ORDER, FASTSINC_GAIN = 2, 2
LOW_24, SIGN_24 = 0xFFFFFF, 0x800000


class Filter(object):
    """Settings of one filter: FCR, and FAST of CR1."""

    def __init__(self, order, oversampling, integrated, is_fast):
        # type: (int, int, int, bool) -> None
        """order: FORD. oversampling: FOSR + 1. integrated: IOSR + 1."""
        self.order = order
        self.oversampling = oversampling
        self.integrated = integrated
        self.is_fast = is_fast

    def gain(self):
        # type: () -> int
        """Of the output before its shift, for an input of full scale."""
        if self.oversampling == 1:
            return self.integrated
        if self.order == FASTSINC:
            return int(FASTSINC_GAIN * self.oversampling**FASTSINC_ORDER) * self.integrated
        return int(self.oversampling**self.order) * self.integrated

    def inputs(self):
        # type: () -> int
        """Samples of the input to one output, once the filter is full."""
        return self.oversampling * self.integrated

    def clocks(self, is_first):
        # type: (bool) -> int
        """Periods of the input's clock to one conversion; only fast mode keeps the filter full."""
        if self.oversampling == 1 or (self.is_fast and not is_first):
            return self.inputs()
        if self.order == FASTSINC:
            return self.oversampling * (self.integrated - 1 + 4) + 2
        return self.oversampling * (self.integrated - 1 + self.order) + self.order


def output(raw, shift, offset):
    # type: (float, int, int) -> int
    """24 signed bits of the data unit: shifted to the right and rounded, without the offset."""
    shifted = int(round(raw / float(1 << shift)))  # noqa: RUF046  # Python 2 rounds to a float
    return max(-SIGN_24, min(SIGN_24 - 1, shifted - offset))


def signed24(value):
    # type: (int) -> int
    value &= LOW_24
    return value - (SIGN_24 << 1) if value & SIGN_24 else value


def signed16(value):
    # type: (int) -> int
    value &= 0xFFFF
    return value - 0x10000 if value & 0x8000 else value
