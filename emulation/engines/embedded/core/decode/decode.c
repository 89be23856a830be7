#include "decode/decode.h"

#include "decode/t16.h"
#include "decode/t32.h"

struct decoder decoder_at(const struct memory_map *map, uint32_t address)
{
    return (struct decoder){.map = map, .pc = address};
}

static bool decode(struct decoder *decoder, uint16_t first, uint16_t second)
{
    return decoder->last.size == 2 ? decode_t16(decoder, first)
                                   : decode_t32(decoder, first, second);
}

/* A jump that has no place in an IT block, or only at its end. */
static bool is_misplaced(const struct op *op, bool is_last)
{
    if (op_is_branch(op))
        return true;
    return !is_last && (op->code >= OP_GO || (op->code == OP_LDM && op->value >> PC & 1));
}

/* An instruction of an IT block: OP_UNLESS comes first and skips its other micro-ops. */
static bool decode_conditional(struct decoder *decoder, uint16_t first, uint16_t second)
{
    bool is_last = (decoder->it & 0xF) == 8;
    struct op *condition = decoder->op;
    emit(decoder, OP_UNLESS, 0, 0, 0, 0, decoder->it >> 4);
    struct op *start = decoder->op;
    if (!decode(decoder, first, second) || is_misplaced(decoder->op - 1, is_last)) {
        decoder->op = start;
        emit(decoder, OP_LEAVE, 0, 0, 0, 0, 0);
        decoder->last.leaves = true;
    }
    condition->value = (uint32_t)(decoder->op - start);
    decoder->it = it_advance(decoder->it);
    return first >> 8 != 0xBE; /* BKPT is never skipped */
}

/* Branches, and what Unicorn translates no further behind: T16. */
static bool ends_t16(uint16_t code)
{
    return code >> 12 == 0xD || code >> 11 == 0x1C || /* B, SVC, UDF */
           code >> 8 == 0x47 || /* BX, BLX */
           (code & 0xFD87) == 0x4487 || /* ADD and MOV to PC */
           (code & 0xF500) == 0xB100 || /* CBZ, CBNZ */
           code >> 8 == 0xBD || code >> 8 == 0xBE || /* POP to PC, BKPT */
           (code & 0xFFE0) == 0xB660 || /* CPS */
           (code >= 0xBF10 && code <= 0xBF30 && !(code & 0xF)); /* YIELD, WFE, WFI */
}

static bool ends_t32(uint16_t first, uint16_t second)
{
    if (first >> 11 == 0x1E && second & 0x8000)
        return second & 0x5000 || (first & 0x380) != 0x380 || /* B, BL */
               (first & 0xFFE0) == 0xF380 || /* MSR */
               (first == 0xF3AF && second >= 0x8001 && second <= 0x8003) || /* YIELD, WFE, WFI */
               (first == 0xF3BF && (second & 0xF0) == 0x60); /* ISB */
    return ((first & 0xFE50) == 0xE810 && second & 0x8000) || /* LDM to PC */
           ((first & 0xFFF0) == 0xE8D0 && (second & 0xE0) == 0) || /* TBB, TBH */
           ((first & 0xFF70) == 0xF850 && second >> 12 == PC) || /* LDR to PC */
           (first == 0xEEE1 && (second & 0xF10) == 0xA10); /* VMSR */
}

bool decode_next(struct decoder *decoder, struct op *ops)
{
    struct instruction *last = &decoder->last;
    uint16_t first, second = 0;
    if (!memory_fetch(decoder->map, decoder->pc, &first))
        return false;
    *last = (struct instruction){.address = decoder->pc, .divisor = ZERO, .stack = ZERO};
    last->size = (uint8_t)instruction_size(first);
    bool complete = last->size == 2 || memory_fetch(decoder->map, decoder->pc + 2, &second);
    decoder->op = ops;
    if (!decoder->it && (first & 0xFF00) == 0xBF00 && first & 0xF) { /* IT */
        last->executable = emit(decoder, OP_NOP, 0, 0, 0, 0, 0);
        decoder->it = (uint8_t)first;
    } else {
        last->executable = (decoder->it ? decode_conditional(decoder, first, second)
                                        : decode(decoder, first, second)) &&
                           complete;
    }
    if (last->size == 2 ? ends_t16(first) : ends_t32(first, second))
        last->flags |= INSTRUCTION_LAST;
    decoder->pc += last->size;
    decoder->at = (uint16_t)(decoder->at + last->size / 2);
    return true;
}

bool decode_description(struct decoder *decoder)
{
    struct op ops[MAX_OPS];
    return decode_next(decoder, ops);
}
