/*
 * What each micro-op does: a piece of a function, of execute/execute.c's and of idle/dry_run.c's. The
 * function defines
 *
 * D, X, Y: the destination and the operands; r: all registers; cpu: the flags; value, shifted.
 * NEXT: go on with the next micro-op. GO, EXCHANGE: go on elsewhere, the latter perhaps out of a
 * handler. CALL_SUPERVISOR, SLEEP: SVC and WFI.
 * block: the one being executed. leave: a label, for an instruction that isn't executed here. It
 * begins anew elsewhere: its earlier micro-ops have changed nothing that it reads.
 * load, store and the like, which take a CONTEXT and return whether that could be done.
 */
#define OR_LEAVE(done)                                                                             \
    if (UNLIKELY(!(done)))                                                                         \
    goto leave
DO_LEAVE: goto leave;
DO_NOP: NEXT;
#define LOGICAL(name, result)                                                                      \
DO_##name: D = result; NEXT;                                                                       \
DO_##name##S: D = flagged(cpu, result); set_carry(cpu, op->how, shifted); NEXT;
LOGICAL(MOV, Y)
LOGICAL(MVN, ~Y)
LOGICAL(AND, X & Y)
LOGICAL(ORR, X | Y)
LOGICAL(EOR, X ^ Y)
LOGICAL(BIC, X & ~Y)
LOGICAL(ORN, X | ~Y)
#undef LOGICAL
DO_SET_SP:
    if (Y & 3)
        goto leave;
    D = Y;
    NEXT;
DO_MOVT: D = (D & 0xFFFF) | op->value; NEXT;
DO_ADD: D = X + Y; NEXT;
DO_ADDS: D = add(cpu, X, Y, 0); NEXT;
DO_SUB: D = X - Y; NEXT;
DO_SUBS: D = add(cpu, X, ~Y, 1); NEXT;
DO_RSB: D = Y - X; NEXT;
DO_RSBS: D = add(cpu, ~X, Y, 1); NEXT;
DO_ADC: D = X + Y + cpu->c; NEXT;
DO_ADCS: D = add(cpu, X, Y, cpu->c); NEXT;
DO_SBC: D = X - Y - !cpu->c; NEXT;
DO_SBCS: D = add(cpu, X, ~Y, cpu->c); NEXT;
DO_SHIFT:
    shifted = cpu->c;
    D = shift(op->how, r[op->m], op->value, &shifted);
    NEXT;
DO_SHIFT_BY:
    shifted = cpu->c;
    D = shift_by(op->how, X, r[op->m] & 0xFF, &shifted);
    NEXT;
DO_BFI:
    value = (0xFFFFFFFF >> (32 - op->how)) << op->value;
    D = (D & ~value) | (X << op->value & value);
    NEXT;
DO_UBFX: D = X << (32 - op->value - op->how) >> (32 - op->how); NEXT;
DO_SBFX:
    D = (uint32_t)((int32_t)(X << (32 - op->value - op->how)) >> (32 - op->how));
    NEXT;
DO_SXTB: D = (uint32_t)(int8_t)Y; NEXT;
DO_SXTH: D = (uint32_t)(int16_t)Y; NEXT;
DO_UXTB: D = Y & 0xFF; NEXT;
DO_UXTH: D = Y & 0xFFFF; NEXT;
DO_REV: D = reverse_bytes(Y); NEXT;
DO_REV16: D = reverse_bytes(Y << 16 | Y >> 16); NEXT;
DO_REVSH: D = (uint32_t)(int16_t)(reverse_bytes(Y) >> 16); NEXT;
DO_RBIT: D = reverse_bits(Y); NEXT;
DO_CLZ: D = leading_zeros(Y); NEXT;
DO_MLA: D = r[op->how] + X * Y; NEXT;
DO_MLS: D = r[op->how] - X * Y; NEXT;
DO_UMULL:
DO_SMULL:
DO_UMLAL:
DO_SMLAL: {
    bool is_signed = op->code == OP_SMULL || op->code == OP_SMLAL;
    uint64_t product = is_signed ? (uint64_t)((int64_t)(int32_t)X * (int32_t)Y)
                                 : (uint64_t)X * Y;
    if (op->code == OP_UMLAL || op->code == OP_SMLAL)
        product += (uint64_t)r[op->how] << 32 | D;
    D = (uint32_t)product;
    r[op->how] = (uint32_t)(product >> 32);
    NEXT;
}
DO_UDIV:
    OR_LEAVE(may_divide(CONTEXT, Y));
    D = Y ? X / Y : 0;
    NEXT;
DO_SDIV:
    OR_LEAVE(may_divide(CONTEXT, Y));
    D = (uint32_t)quotient((int32_t)X, (int32_t)Y); NEXT;
DO_UADD8: D = bytewise(cpu, X, Y, false); NEXT;
DO_USUB8: D = bytewise(cpu, X, Y, true); NEXT;
DO_SEL: D = selected(cpu, X, Y); NEXT;
#define LOAD(width, result)                                                                        \
    OR_LEAVE(load(CONTEXT, X + Y, width, &value));                                                 \
    D = result;                                                                                    \
    NEXT
#define STORE(width)                                                                               \
    OR_LEAVE(store(CONTEXT, X + Y, width, D));                                                     \
    NEXT
DO_LDR: LOAD(4, value);
DO_LDRH: LOAD(2, value);
DO_LDRB: LOAD(1, value);
DO_LDRSH: LOAD(2, (uint32_t)(int16_t)value);
DO_LDRSB: LOAD(1, (uint32_t)(int8_t)value);
DO_STR: STORE(4);
DO_STRH: STORE(2);
DO_STRB: STORE(1);
#undef LOAD
#undef STORE
DO_LDRD: OR_LEAVE(load_pair(CONTEXT, op)); NEXT;
DO_STRD: OR_LEAVE(store_pair(CONTEXT, op)); NEXT;
DO_STM: OR_LEAVE(store_multiple(CONTEXT, op)); NEXT;
DO_LDR_TARGET: OR_LEAVE(load_target(CONTEXT, op)); NEXT;
DO_LDM:
    OR_LEAVE(load_multiple(CONTEXT, op));
    if (!(op->value >> PC & 1))
        NEXT;
    EXCHANGE(r[SCRATCH]);
DO_VLDM: OR_LEAVE(load_doubles(CONTEXT, op)); NEXT;
DO_VSTM: OR_LEAVE(store_doubles(CONTEXT, op)); NEXT;
DO_VLDR: OR_LEAVE(load_half(CONTEXT, op)); NEXT;
DO_VSTR: OR_LEAVE(store_half(CONTEXT, op)); NEXT;
DO_FP: OR_LEAVE(operate_fp(CONTEXT, op)); NEXT;
DO_UNLESS:
    if (!holds(cpu, op->how))
        op += op->value;
    NEXT;
DO_GO: GO(op->value);
DO_GO_IF: GO(holds(cpu, op->how) ? op->value : block->end);
DO_GO_ZERO:
DO_GO_NONZERO:
    GO((X == 0) == (op->code == OP_GO_ZERO) ? op->value : block->end);
DO_GO_TO: GO(Y);
DO_GO_TABLE: GO(op->value + 2 * r[op->m]);
DO_BX:
    value = r[op->m];
    OR_LEAVE(is_target(CONTEXT, value));
    if (op->how)
        r[LR] = op->value;
    EXCHANGE(value);
DO_SVC: CALL_SUPERVISOR(op->value);
DO_WFI: SLEEP(op->value);
DO_MRS: OR_LEAVE(registers_read_special(cpu, op->value, &D)); NEXT;
DO_MSR: OR_LEAVE(write_special(CONTEXT, op->value, X)); NEXT;
DO_CPS: OR_LEAVE(write_special(CONTEXT, SYSM_PRIMASK, op->value)); NEXT;
#undef OR_LEAVE
