#include "models/crc_unit.h"

/* Bits reversed within units of 8, 16 or 32 bits. */
static uint32_t reverse_within(uint32_t value, uint32_t unit)
{
    value = (value >> 1 & 0x55555555) | (value & 0x55555555) << 1;
    value = (value >> 2 & 0x33333333) | (value & 0x33333333) << 2;
    value = (value >> 4 & 0x0F0F0F0F) | (value & 0x0F0F0F0F) << 4;
    if (unit >= 16)
        value = (value >> 8 & 0x00FF00FF) | (value & 0x00FF00FF) << 8;
    return unit == 32 ? value >> 16 | value << 16 : value;
}

/* What a byte at the top of a remainder adds to the rest of it. */
static void fill_table(struct crc_unit *unit, uint32_t polynomial)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t remainder = byte << 24;
        for (int i = 0; i < 8; i++)
            remainder = remainder << 1 ^ (remainder >> 31 ? polynomial : 0);
        unit->table[byte] = remainder;
    }
    unit->table_of = polynomial;
}

bool crc_unit_write(struct crc_unit *unit, uint32_t *values, uint32_t word, uint32_t value,
                    unsigned width)
{
    uint32_t *state = unit->state, within = state[CRC_REVERSED_WITHIN];
    /* Remainders of any length are kept at the top of a word. */
    uint32_t shift = 32 - state[CRC_BITS], remainder = state[CRC_REMAINDER] << shift;
    if (word != unit->data)
        return false;
    uint32_t polynomial = values[unit->polynomial] << shift;
    if (polynomial != unit->table_of)
        fill_table(unit, polynomial);
    if (within)
        value = reverse_within(value, within < 8 * width ? within : 8 * width);
    for (int at = 8 * (int)width - 8; at >= 0; at -= 8)
        remainder = unit->table[remainder >> 24 ^ (value >> at & 0xFF)] ^ remainder << 8;
    state[CRC_REMAINDER] = remainder >> shift;
    values[word] = state[CRC_REVERSED] ? reverse_within(remainder, 32) : remainder >> shift;
    return true;
}
