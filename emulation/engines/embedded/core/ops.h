/*
 * Instructions taken apart into steps, as the core itself executes them (interpret.c).
 *
 * A step has up to two register operands and a value; the second operand of most is r[m] + value,
 * where one of the two is 0. What an instruction does beyond one step goes by way of r[SCRATCH].
 */
#ifndef RENODE_WIFI_OPS_H
#define RENODE_WIFI_OPS_H

#include "core.h"

#define OPS(X) \
    X(LEAVE) /* unknown here: Unicorn's */ \
    X(NOP) \
    X(MOV) X(MOVS) X(MVN) X(MVNS) X(MOVT) \
    X(SET_SP) /* to r[m], of which the lowest bits must be 0 */ \
    X(AND) X(ANDS) X(ORR) X(ORRS) X(EOR) X(EORS) X(BIC) X(BICS) X(ORN) X(ORNS) \
    X(ADD) X(ADDS) X(SUB) X(SUBS) X(RSB) X(RSBS) X(ADC) X(ADCS) X(SBC) X(SBCS) \
    X(SHIFT) /* of r[m] by `value`, its type in `how` */ \
    X(SHIFT_BY) /* of r[n] by r[m] */ \
    X(BFI) X(UBFX) X(SBFX) /* r[n]; lowest bit in `value`, width in `how` */ \
    X(SXTB) X(SXTH) X(UXTB) X(UXTH) X(REV) X(REV16) X(REVSH) X(RBIT) X(CLZ) /* of r[m] */ \
    X(MLA) X(MLS) /* with r[how] */ \
    X(UMULL) X(SMULL) X(UMLAL) X(SMLAL) /* to r[d] and above it r[how] */ \
    X(UDIV) X(SDIV) \
    X(UADD8) X(USUB8) X(SEL) /* by the GE flags, one for each byte */ \
    X(LDR) X(LDRH) X(LDRB) X(LDRSH) X(LDRSB) /* at r[n] + r[m] + value */ \
    X(STR) X(STRH) X(STRB) \
    X(LDRD) X(STRD) /* r[d] and r[m], at r[n] + value */ \
    X(LDR_TARGET) /* r[d], at r[n] + value: an address that BX could go to */ \
    X(LDM) X(STM) /* registers `value` at r[n]; see enum multiple */ \
    X(VLDM) X(VSTM) /* `how` double registers from D`d` on, at r[n] + value */ \
    X(VLDR) X(VSTR) /* half `how` of the double register D`d`, at r[n] + value */ \
    X(UNLESS) /* unless condition `how` holds, skip `value` steps */ \
    /* What ends a block. */ \
    X(GO) /* to `value` */ \
    X(GO_IF) /* to `value` if condition `how` holds, else on behind the block */ \
    X(GO_ZERO) X(GO_NONZERO) /* the same, by r[n] */ \
    X(GO_TO) /* to r[m], in this state */ \
    X(GO_TABLE) /* to `value` + 2 r[m] */ \
    X(BX) /* to r[m]; how: with link */ \
    X(SVC) X(WFI) /* then on to `value` */ \
    X(MRS) X(MSR) /* special register `value` */ \
    X(CPS) /* PRIMASK becomes `value` */

#define OP(name) OP_##name,
enum op_code { OPS(OP) };
#undef OP

/* Types of shifts. A rotation by 0 is by one bit through the carry. */
enum { LSL, LSR, ASR, ROR };

/* `how` of a step that sets flags and isn't a sum: the carry. */
enum { CARRY_KEPT, CARRY_CLEAR, CARRY_SET, CARRY_SHIFTED };

/* `how` of OP_LDM and OP_STM. */
enum multiple { MULTIPLE_DOWN = 1, MULTIPLE_BACK = 2 };

struct op {
    uint8_t code, d, n, m, how;
    uint8_t it; /* ITSTATE of the instruction, A7.3.3 */
    uint16_t at; /* halfwords from the block's start */
    uint32_t value;
};

/* Whole blocks are taken apart, with the extent that Unicorn gave them: time is charged by block. */
struct decoded {
    uint32_t address; /* NO_ADDRESS: none, or forgotten, perhaps while it is executed */
    uint32_t end, instructions;
    const struct op *ops; /* NULL: it is Unicorn's */
    uint64_t known; /* as in block.c */
};

enum { DECODED_BITS = 15, DECODED_STEPS = 1 << 16 };

struct decoded_blocks {
    struct decoded table[1 << DECODED_BITS];
    struct op ops[DECODED_STEPS]; /* when they are used up, all is forgotten */
    uint32_t used;
};

static inline struct decoded *decoded_entry(struct core *core, uint32_t address)
{
    return &core->decoded->table[address * 2654435761u >> (32 - DECODED_BITS)];
}

/* Where a block gives way to that doesn't find its entry free. */
static inline struct decoded *decoded_neighbour(struct core *core, const struct decoded *block)
{
    return &core->decoded->table[(block - core->decoded->table) ^ 1];
}

/* Take apart the block at an address. Without steps or NULL: it is Unicorn's. */
const struct decoded *decoded_make(struct core *core, uint32_t address);

/* The block at an address; NULL: it is Unicorn's. */
static inline const struct decoded *decoded_at(struct core *core, uint32_t address)
{
    const struct decoded *block = decoded_entry(core, address);
    if (UNLIKELY(block->address != address)) {
        block = decoded_neighbour(core, block);
        if (block->address != address)
            block = decoded_make(core, address);
    }
    return block && block->ops ? block : NULL;
}

enum { MOST_STEPS = 6 }; /* of an instruction, with OP_UNLESS */

/* An instruction being taken apart. */
struct decoder {
    struct op *op; /* where the next step goes */
    uint32_t pc; /* of the instruction */
    uint16_t at;
    uint8_t it;
};

/* Append a step. True, for those who return that. */
bool decode_step(struct decoder *decoder, enum op_code code, unsigned d, unsigned n, unsigned m,
                 uint32_t value, unsigned how);
/* Append the steps of an instruction. False: it is unknown here. */
bool decode_narrow(struct decoder *decoder, uint16_t code);
bool decode_wide(struct decoder *decoder, uint16_t first, uint16_t second);

#endif
