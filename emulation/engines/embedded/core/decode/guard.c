#include "decode/guard.h"

#include "decode/it_block.h"

#include <string.h>

/* Beside R0 to LR, of a value modulo 4: known, or not at all. */
enum { FROM_NOTHING = ZERO, FROM_ANYTHING };

/* A value modulo 4, which is what alignment depends on: r[from] at the block's entry, plus `plus`. */
struct form {
    uint8_t from, plus;
};

/* A block's instructions as far as they have been followed. */
struct analysis {
    const struct memory_map *map;
    struct guard *guard;
    struct watch_list *watches;
    bool divisors; /* are asked for */
    struct form forms[OPERANDS];
    uint32_t known; /* registers that `ops` compute, a set */
    uint32_t harmless; /* registers at the entry that have been asked for, or needn't be */
    bool stored; /* memory isn't any more what it was at the entry */
    bool conditional; /* the instruction is */
    bool loads; /* an answer depends on memory */
    uint8_t asked[GUARD_OPS]; /* registers at the entry that an answer depends on */
    unsigned asks;
    struct op ops[2 * GUARD_OPS];
    unsigned count;
};

static const struct form anything = {FROM_ANYTHING, 0};

static void forget(struct analysis *analysis, unsigned reg)
{
    if (reg >= PC && reg != SCRATCH)
        return;
    analysis->known &= ~(1u << reg);
    analysis->forms[reg] = reg == SP ? (struct form){FROM_NOTHING, 0} : anything;
}

static void forget_list(struct analysis *analysis, uint32_t list)
{
    for (unsigned reg = 0; reg < PC; reg++)
        if (list >> reg & 1)
            forget(analysis, reg);
}

static void append(struct analysis *analysis, struct op op)
{
    if (analysis->count < COUNT_OF(analysis->ops))
        analysis->ops[analysis->count] = op;
    analysis->count++;
}

/* The registers that a computable micro-op reads, a set; 0: it isn't computable. ZERO is one. */
static uint32_t sources(const struct op *op)
{
    switch ((enum op_code)op->code) {
    case OP_MOV:
    case OP_MOVS:
    case OP_MVN:
    case OP_MVNS:
    case OP_SET_SP:
    case OP_SXTB:
    case OP_SXTH:
    case OP_UXTB:
    case OP_UXTH: return 1u << op->m | 1u << ZERO;
    case OP_AND:
    case OP_ANDS:
    case OP_ORR:
    case OP_ORRS:
    case OP_EOR:
    case OP_EORS:
    case OP_BIC:
    case OP_BICS:
    case OP_ADD:
    case OP_ADDS:
    case OP_SUB:
    case OP_SUBS:
    case OP_RSB:
    case OP_RSBS:
    case OP_LDR:
    case OP_LDRH:
    case OP_LDRB: return 1u << op->n | 1u << op->m | 1u << ZERO;
    case OP_MOVT: return 1u << op->d | 1u << ZERO;
    case OP_SHIFT:
        return op->how == ROR || (op->how != LSL && !op->value) ? 0 : 1u << op->m | 1u << ZERO;
    case OP_UBFX: return 1u << op->n | 1u << ZERO;
    case OP_MLA: return 1u << op->n | 1u << op->m | 1u << op->how | 1u << ZERO;
    default: return 0;
    }
}

static struct form shifted_by(struct form form, uint32_t value)
{
    if (form.from != FROM_ANYTHING)
        form.plus = (form.plus + value) & 3;
    return form;
}

/* A constant of code, which doesn't change. */
static bool is_literal(const struct analysis *analysis, const struct op *op, uint32_t *value)
{
    const struct memory_map *map = analysis->map;
    const struct page *page = memory_page(map, op->value);
    if (op->code != OP_LDR || op->n != ZERO || op->m != ZERO || !page || !page->memory ||
        page->memory->writable || page->windows)
        return false;
    const uint8_t *bytes = memory_at(map, op->value, 4, false);
    if (bytes)
        memcpy(value, bytes, 4);
    return bytes != NULL;
}

/* What is known of a result modulo 4. */
static struct form result_form(const struct analysis *analysis, const struct op *op)
{
    const struct form *forms = analysis->forms, n = forms[op->n], m = forms[op->m];
    uint32_t value = op->value;
    switch ((enum op_code)op->code) {
    case OP_MOV:
    case OP_MOVS: return shifted_by(m, value);
    case OP_ADD:
    case OP_ADDS:
        if (n.from == FROM_NOTHING)
            return shifted_by(m, n.plus + value);
        return m.from == FROM_NOTHING ? shifted_by(n, m.plus + value) : anything;
    case OP_SUB:
    case OP_SUBS:
        return m.from == FROM_NOTHING ? shifted_by(n, -(m.plus + value)) : anything;
    case OP_AND:
    case OP_ANDS:
        return op->m == ZERO && !(value & 3) ? (struct form){FROM_NOTHING, 0} : anything;
    case OP_BIC:
    case OP_BICS:
        return op->m == ZERO && (value & 3) == 3 ? (struct form){FROM_NOTHING, 0} : anything;
    case OP_SHIFT:
        return op->how == LSL && value >= 2 ? (struct form){FROM_NOTHING, 0} : anything;
    case OP_MOVT: return forms[op->d];
    case OP_LDR: return is_literal(analysis, op, &value) ? (struct form){FROM_NOTHING, value & 3}
                                                         : anything;
    default: return anything;
    }
}

/* A micro-op with one result. */
static void follow_result(struct analysis *analysis, const struct op *op)
{
    uint32_t reads = sources(op), literal;
    bool loads = op->code == OP_LDR || op->code == OP_LDRH || op->code == OP_LDRB;
    if (analysis->conditional || !reads || reads & ~analysis->known ||
        (loads && analysis->stored && !is_literal(analysis, op, &literal))) {
        forget(analysis, op->d);
        return;
    }
    struct form form = result_form(analysis, op);
    append(analysis, *op);
    if (op->d == SINK)
        return;
    analysis->known |= 1u << op->d;
    analysis->forms[op->d] = op->d == SP ? (struct form){FROM_NOTHING, 0} : form;
}

static void follow(struct analysis *analysis, const struct op *op)
{
    switch ((enum op_code)op->code) {
    case OP_STR:
    case OP_STRH:
    case OP_STRB:
    case OP_STRD:
    case OP_VSTM:
    case OP_VSTR: analysis->stored = true; return;
    case OP_STM:
    case OP_LDM: {
        uint32_t size = 4 * bit_count(op->value);
        struct op back = {.code = OP_ADD, .d = op->n, .n = op->n, .m = ZERO, .value = size};
        if (op->how & MULTIPLE_DOWN)
            back.value = -size;
        analysis->stored |= op->code == OP_STM;
        if (op->code == OP_LDM)
            forget_list(analysis, op->value);
        if (op->how & MULTIPLE_BACK)
            follow_result(analysis, &back);
        return;
    }
    case OP_LDRD: forget_list(analysis, 1u << op->d | 1u << op->m); return;
    case OP_UMULL:
    case OP_SMULL:
    case OP_UMLAL:
    case OP_SMLAL: forget_list(analysis, 1u << op->d | 1u << op->how); return;
    case OP_NOP:
    case OP_UNLESS:
    case OP_LEAVE:
    case OP_VLDM:
    case OP_VLDR:
    case OP_MSR:
    case OP_CPS: return;
    default:
        if (op->code < OP_GO)
            follow_result(analysis, op);
        else if (op->code == OP_MRS)
            forget(analysis, op->d);
    }
}

/* An instruction without micro-ops: the registers that its fields may name. */
static void follow_unknown(struct analysis *analysis, const struct instruction *instruction)
{
    uint16_t first = 0, second = 0;
    const struct memory_map *map = analysis->map;
    analysis->stored |= instruction->operand.alignment != 0;
    if (instruction->size != 4 || !memory_fetch(map, instruction->address, &first) ||
        !memory_fetch(map, instruction->address + 2, &second))
        return;
    if ((first & 0xFE00) == 0xE800 && !(first & 0x40))
        forget_list(analysis, second);
    /* Exclusive accesses (A5.3.6) write no address back; STREXB and STREXH have Rd at the end. */
    if ((first & 0xFF60) != 0xE840)
        forget(analysis, first & 0xF);
    else if ((first & 0x90) == 0x80)
        forget(analysis, second & 0xF);
    forget(analysis, second >> 12);
    forget(analysis, second >> 8 & 0xF);
}

static void watch(struct watch_list *watches, uint32_t address)
{
    if (watches->count < COUNT_OF(watches->addresses))
        watches->addresses[watches->count++] = address;
}

/* The guard is to ask for r[reg] at an instruction. */
static void ask(struct analysis *analysis, unsigned reg, unsigned code, uint32_t bits,
                const struct decoder *decoder)
{
    struct form form = analysis->forms[reg];
    uint32_t address = decoder->last.address;
    if (code == ASK_ALIGNED) {
        if (form.from == FROM_NOTHING && !(form.plus & bits))
            return;
        if (form.from < PC && !form.plus && analysis->harmless >> form.from & 1)
            return;
    }
    if (reg >= PC || !(analysis->known >> reg & 1) || analysis->asks == GUARD_OPS) {
        watch(analysis->watches, address);
        return;
    }
    bool by_entry = code == ASK_ALIGNED && form.from < PC;
    if (by_entry && bits == 3 && !form.plus && !analysis->conditional)
        analysis->harmless |= 1u << form.from;
    analysis->loads |= !by_entry;
    analysis->asked[analysis->asks++] = by_entry ? form.from : ZERO;
    append(analysis, (struct op){.code = (uint8_t)code,
                                 .n = (uint8_t)reg,
                                 .m = ZERO,
                                 .value = bits,
                                 .at = (uint16_t)((address - analysis->guard->address) / 2)});
}

static void ask_for(struct analysis *analysis, const struct decoder *decoder)
{
    const struct instruction *instruction = &decoder->last;
    unsigned base = instruction->operand.base;
    if (instruction->flags & INSTRUCTION_UNPRIVILEGED)
        watch(analysis->watches, instruction->address);
    if (instruction->flags & INSTRUCTION_ALIGNED && base < PC && base != SP &&
        instruction->operand.alignment > 1)
        ask(analysis, base, ASK_ALIGNED, instruction->operand.alignment - 1u, decoder);
    if (instruction->stack < PC && instruction->stack != SP)
        ask(analysis, instruction->stack, ASK_ALIGNED, 3, decoder);
    if (instruction->divisor < PC && analysis->divisors)
        ask(analysis, instruction->divisor, ASK_NONZERO, 0, decoder);
    if (instruction->flags & INSTRUCTION_DUAL)
        ask(analysis, instruction->n, ASK_OTHER, DUAL_MINIMUM, decoder);
}

/* Keep what the questions depend on; the registers to read at the entry. False: that is too much. */
static bool keep_needed(struct analysis *analysis)
{
    struct guard *guard = analysis->guard;
    struct op kept[COUNT_OF(analysis->ops)];
    uint32_t needed = 0;
    unsigned count = 0;
    if (analysis->count > COUNT_OF(analysis->ops))
        return false;
    for (unsigned i = analysis->count; i-- > 0;) {
        const struct op *op = &analysis->ops[i];
        bool is_question = op->code >= ASK_ALIGNED;
        if (!is_question && !(needed >> op->d & 1))
            continue;
        if (!is_question)
            needed &= ~(1u << op->d);
        needed |= is_question ? 1u << op->n : sources(op);
        kept[count++] = *op;
    }
    if (count > GUARD_OPS || needed & 1u << SCRATCH)
        return false;
    for (guard->count = 0; guard->count < count; guard->count++)
        guard->ops[guard->count] = kept[count - 1 - guard->count];
    guard->inputs = (uint16_t)(needed & ((1u << PC) - 1));
    return true;
}

/* If the block comes again right behind itself, the answers are the same: the registers that they
 * depend on have moved by multiples of 4. */
static bool is_invariant(const struct analysis *analysis)
{
    if (analysis->loads)
        return false;
    for (unsigned i = 0; i < analysis->asks; i++) {
        struct form form = analysis->forms[analysis->asked[i]];
        if (form.from != analysis->asked[i] || form.plus)
            return false;
    }
    return true;
}

/* The instruction asks for something. */
static bool concerns(const struct instruction *instruction, bool divisors)
{
    return instruction->flags & (INSTRUCTION_ALIGNED | INSTRUCTION_DUAL) || instruction->stack != ZERO ||
           (divisors && instruction->divisor != ZERO);
}

/* Too long: every instruction of the block that asks is watched. */
static void watch_all(struct analysis *analysis)
{
    const struct guard *guard = analysis->guard;
    struct decoder decoder = decoder_at(analysis->map, guard->address);
    while (decoder.pc < guard->address + guard->size && decode_description(&decoder))
        if (concerns(&decoder.last, analysis->divisors))
            watch(analysis->watches, decoder.last.address);
}

void guard_make(struct guard *guard, const struct memory_map *map, uint32_t address, uint32_t size,
                bool divisors, struct watch_list *watches)
{
    struct analysis analysis = {.map = map,
                                .guard = guard,
                                .watches = watches,
                                .divisors = divisors,
                                .known = ((1u << PC) - 1) | 1u << ZERO};
    struct decoder decoder = decoder_at(map, address);
    struct op ops[MAX_OPS];
    decoder.it = it_before(map, address);
    for (unsigned reg = 0; reg < OPERANDS; reg++)
        analysis.forms[reg] = reg < PC ? (struct form){(uint8_t)reg, 0} : anything;
    analysis.forms[SP] = analysis.forms[ZERO] = (struct form){FROM_NOTHING, 0};
    *guard = (struct guard){.address = address, .size = size};
    while (decoder.pc < address + size) {
        analysis.conditional = decoder.it != 0;
        if (!decode_next(&decoder, ops))
            break;
        ask_for(&analysis, &decoder);
        if (decoder.last.leaves || !decoder.last.executable) {
            follow_unknown(&analysis, &decoder.last);
            continue;
        }
        for (const struct op *op = ops; op < decoder.op; op++)
            follow(&analysis, op);
    }
    if (keep_needed(&analysis))
        guard->invariant = is_invariant(&analysis);
    else
        watch_all(&analysis);
}
