/* Blocks of instructions taken apart, and where those are kept. */
#include "ops.h"

#include <stdlib.h>

/* Instructions. Unicorn itself ends longer ones somewhere: where, depends on where they begin. */
enum { LONGEST_BLOCK = 100 };

bool decode_step(struct decoder *decoder, enum op_code code, unsigned d, unsigned n, unsigned m,
                 uint32_t value, unsigned how)
{
    *decoder->op++ = (struct op){(uint8_t)code, (uint8_t)d, (uint8_t)n,   (uint8_t)m,
                                 (uint8_t)how,  decoder->it, decoder->at, value};
    return true;
}

static bool is_branch(const struct op *op)
{
    return op->code == OP_GO_IF || op->code == OP_GO_ZERO || op->code == OP_GO_NONZERO;
}

/* Jumps that no IT block may have where this one is. */
static bool is_jump(const struct op *op, bool is_last)
{
    if (is_branch(op))
        return true;
    return !is_last && (op->code >= OP_GO || (op->code == OP_LDM && op->value >> PC & 1));
}

/* One instruction, of which what makes it conditional goes first. The number of its halfwords; 0:
 * it is unknown, or Unicorn's for another reason. */
static unsigned instruction(struct decoder *decoder, struct core *core)
{
    uint16_t first, second = 0;
    if (!memory_fetch(core, decoder->pc, &first))
        return 0;
    unsigned size = instruction_size(first);
    if (size == 4 && !memory_fetch(core, decoder->pc + 2, &second))
        return 0;
    bool in_it = decoder->it;
    if (!in_it && (first & 0xFF00) == 0xBF00 && first & 0xF) {
        decode_step(decoder, OP_NOP, 0, 0, 0, 0, 0);
        decoder->it = (uint8_t)first;
        return 1;
    }
    struct op *condition = decoder->op;
    if (in_it) {
        if (first >> 8 == 0xBE) /* BKPT is never skipped */
            return 0;
        decode_step(decoder, OP_UNLESS, 0, 0, 0, 0, decoder->it >> 4);
    }
    struct op *start = decoder->op;
    bool is_last = (decoder->it & 0xF) == 8;
    bool known = size == 2 ? decode_narrow(decoder, first) : decode_wide(decoder, first, second);
    if (known && in_it && is_jump(decoder->op - 1, is_last))
        known = false;
    if (!known) {
        if (!in_it)
            return 0;
        decoder->op = start;
        decode_step(decoder, OP_LEAVE, 0, 0, 0, 0, 0);
    }
    if (in_it) {
        condition->value = (uint32_t)(decoder->op - start);
        decoder->it = decoder->it & 7 ? (decoder->it & 0xE0) | (decoder->it << 1 & 0x1F) : 0;
    }
    return size / 2;
}

/* Does the instruction use the FPU, or may it, being Unicorn's? */
static bool uses_fpu(const struct op *step, const struct op *end)
{
    for (; step < end; step++)
        if (step->code == OP_LEAVE || (step->code >= OP_VLDM && step->code <= OP_VSTR))
            return true;
    return false;
}

/* The steps of the block, if it has no other than known instructions. */
static void take_apart(struct core *core, struct decoded *block, struct op *ops)
{
    struct decoder decoder = {ops, block->address, 0, 0};
    bool skips = false; /* a first use of the FPU, perhaps: Unicorn takes the next for a second */
    for (unsigned i = 0; i < block->instructions; i++) {
        const struct op *start = decoder.op;
        unsigned halfwords = instruction(&decoder, core);
        bool is_last = i + 1 == block->instructions;
        if (!halfwords || (is_branch(start) && !is_last) || (skips && uses_fpu(start, decoder.op)))
            return;
        skips |= start->code == OP_UNLESS && uses_fpu(start, decoder.op);
        decoder.at = (uint16_t)(decoder.at + halfwords);
        decoder.pc += 2 * halfwords;
    }
    if (decoder.it) /* the block is cut within an IT block */
        return;
    decode_step(&decoder, OP_GO, 0, 0, 0, decoder.pc, 0);
    block->ops = ops;
    core->decoded->used = (uint32_t)(decoder.op - core->decoded->ops);
}

/* Code has changed, or what is to happen before it. The steps being executed stay for as long. */
void decoded_forget(struct core *core)
{
    for (unsigned i = 0; i < 1 << DECODED_BITS; i++)
        core->decoded->table[i].address = NO_ADDRESS;
    core->decoded->used = 0;
}

/* Unicorn notices when the CPU overwrites code; here nobody would. */
static bool may_change(struct core *core, uint32_t address)
{
    const struct page *page = page_at(core, address);
    return !page || !page->memory || *page_flags(page) & PAGE_WRITTEN;
}

const struct decoded *decoded_make(struct core *core, uint32_t address)
{
    struct decoded *block = decoded_entry(core, address);
    uint64_t known = block_known(core, address);
    if (!known || may_change(core, address) || may_change(core, block_end(known) - 1))
        return NULL;
    if (core->decoded->used + MOST_STEPS * LONGEST_BLOCK > DECODED_STEPS)
        decoded_forget(core);
    *decoded_neighbour(core, block) = *block;
    *block = (struct decoded){address, block_end(known), block_count(known), NULL, known};
    if (block->instructions <= LONGEST_BLOCK)
        take_apart(core, block, core->decoded->ops + core->decoded->used);
    return block;
}

void decoded_forget_block(struct core *core, uint32_t address)
{
    struct decoded *block = decoded_entry(core, address);
    if (block->address != address)
        block = decoded_neighbour(core, block);
    if (block->address == address)
        block->address = NO_ADDRESS;
}

bool decoded_create(struct core *core)
{
    core->decoded = malloc(sizeof *core->decoded);
    if (core->decoded)
        decoded_forget(core);
    return core->decoded;
}
