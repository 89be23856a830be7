#include "idle/dry_run.h"

#include "semantics/alu.h"

#include <string.h>

static struct dry_store *find_store(struct dry_run *run, const uint8_t *bytes)
{
    for (unsigned i = 0; i < run->stores; i++)
        if (run->store[i].bytes == bytes)
            return &run->store[i];
    return NULL;
}

/* The word around an address in plain memory; NULL: something else is there. */
static uint8_t *word_at(struct dry_run *run, uint32_t address, bool for_write)
{
    const struct page *page = memory_page(run->code->map, address);
    if (!page || !page->memory || page->windows || *page_flags(page) & PAGE_ON_BUS)
        return NULL;
    if (for_write &&
        (!page->memory->writable || *page_flags(page) & (PAGE_HANDLED | PAGE_EXECUTED)))
        return NULL;
    return page->memory->bytes + page->offset + (address & (PAGE_SIZE - 4));
}

/* The MPU permits the access. */
static bool may_access(const struct dry_run *run, uint32_t address, unsigned width, enum rights right)
{
    const struct protection *protection = run->bus->protection;
    const struct registers *cpu = &run->registers;
    bool privileged = !xpsr_is_thread(cpu->xpsr) || !(cpu->control & CONTROL_NPRIV);
    return !protection->active || protection_permits(protection, address, width, right, privileged);
}

static bool load(struct dry_run *run, uint32_t address, unsigned width, uint32_t *value)
{
    uint32_t word;
    if (address & (width - 1) || !may_access(run, address, width, MAY_READ))
        return false;
    const uint8_t *bytes = word_at(run, address, false);
    if (bytes) {
        const struct dry_store *store = find_store(run, bytes);
        if (store) {
            word = store->now;
            run->affine.loaded |= store->stride;
            if (run->affine.loaded && width != 4)
                return false;
        } else {
            memcpy(&word, bytes, 4);
        }
    } else if (!bus_peek(run->bus, address & ~3u, &word)) {
        return false;
    }
    *value = low_bytes(word >> 8 * (address & 3), width);
    return true;
}

static bool store(struct dry_run *run, uint32_t address, unsigned width, uint32_t value)
{
    uint8_t *bytes = word_at(run, address, true);
    if (address & (width - 1) || !bytes || !may_access(run, address, width, MAY_WRITE))
        return false;
    struct dry_store *store = find_store(run, bytes);
    if (!store) {
        if (run->stores == MAX_STORES)
            return false;
        store = &run->store[run->stores++];
        store->bytes = bytes;
        memcpy(&store->before, bytes, 4);
        store->now = store->before;
        store->stride = 0;
    }
    if (width != 4 && (store->stride || run->affine.stored))
        return false;
    store->stride = run->affine.stored;
    uint32_t mask = byte_lanes(address, width);
    store->now = (store->now & ~mask) | (value << 8 * (address & 3) & mask);
    return true;
}

/* Only where no fault is possible. */
static bool may_divide(const struct dry_run *run, uint32_t divisor)
{
    (void)run;
    return divisor != 0;
}

/* Only to Thumb code, and not out of a handler. */
static bool is_target(const struct dry_run *run, uint32_t target)
{
    (void)run;
    return target & 1 && target < 0xF0000000;
}

static bool load_target(struct dry_run *run, const struct op *op)
{
    uint32_t *r = run->registers.r;
    return load(run, r[op->n] + op->value, 4, &r[op->d]) && is_target(run, r[op->d]);
}

static bool multiple(struct dry_run *run, const struct op *op, bool is_load)
{
    uint32_t *r = run->registers.r, list = op->value, size = 4 * bit_count(list), base = r[op->n];
    uint32_t start = op->how & MULTIPLE_DOWN ? base - size : base, address = start;
    for (unsigned i = 0; i < PC; i++)
        if (list >> i & 1) {
            if (is_load ? !load(run, address, 4, &r[i]) : !store(run, address, 4, r[i]))
                return false;
            address += 4;
        }
    if (op->how & MULTIPLE_BACK)
        r[op->n] = op->how & MULTIPLE_DOWN ? start : base + size;
    return !(list >> PC & 1) ||
           (load(run, address, 4, &r[SCRATCH]) && is_target(run, r[SCRATCH]));
}

static bool load_multiple(struct dry_run *run, const struct op *op)
{
    return multiple(run, op, true);
}

static bool store_multiple(struct dry_run *run, const struct op *op)
{
    return multiple(run, op, false);
}

static bool load_pair(struct dry_run *run, const struct op *op)
{
    uint32_t *r = run->registers.r, address = r[op->n] + op->value, first;
    if (!load(run, address, 4, &first) || !load(run, address + 4, 4, &r[op->m]))
        return false;
    r[op->d] = first;
    return true;
}

static bool store_pair(struct dry_run *run, const struct op *op)
{
    const uint32_t *r = run->registers.r, address = r[op->n] + op->value;
    return store(run, address, 4, r[op->d]) && store(run, address + 4, 4, r[op->m]);
}

/* A pending exception that a mask holds back would be taken when the mask changes. */
static bool write_special(struct dry_run *run, unsigned number, uint32_t value)
{
    return run->nvic->preempting == PRIORITY_THREAD &&
           registers_write_special(&run->registers, number, value);
}

/* Execute a block. False: it has an effect that a dry run can't have. */
static bool execute_block(struct dry_run *run, const struct decoded_block *block)
{
    struct registers *cpu = &run->registers;
    struct affine *affine = &run->affine;
    const struct op *op = block->ops;
    uint32_t *r = cpu->r, shifted = 0, value;
    static const void *const labels[] = {
#define LABEL(name) &&DO_##name,
        OPS(LABEL)
#undef LABEL
    };
#define D r[op->d]
#define X r[op->n]
#define Y (r[op->m] + op->value)
#define NEXT goto next
#define GO(target)                                                                                 \
    do {                                                                                           \
        run->pc = (target) & ~1u;                                                                  \
        return !affine->tracking || affine_after(affine);                                          \
    } while (0)
#define EXCHANGE GO
#define CALL_SUPERVISOR(next) goto leave
#define SLEEP(next) goto leave
#define CONTEXT run
#define load_doubles(run, op) false /* the FPU's registers aren't copied */
#define store_doubles(run, op) false
#define load_half(run, op) false
#define store_half(run, op) false
#define operate_fp(run, op) false
begin:
    if (affine->tracking && !affine_before(affine, r, op))
        return false;
    goto *labels[op->code];
next:
    if (affine->tracking && !affine_after(affine))
        return false;
    op++;
    goto begin;
#include "semantics/micro_ops.h"
leave:
    return false;
}

void dry_run_begin(struct dry_run *run, struct cpu *cpu, uint32_t address)
{
    run->stores = 0;
    run->affine.tracking = false;
    run->affine.loaded = run->affine.stored = 0;
    run->pc = address;
    cpu_copy(cpu, &run->registers);
}

uint32_t dry_run_iteration(struct dry_run *run, uint32_t address, uint32_t max)
{
    uint32_t done = 0;
    if (run->registers.it)
        return 0;
    do {
        const struct decoded_block *block = decoded_at(run->code, run->pc);
        if (!block || done + block->instructions > max || !execute_block(run, block))
            return 0;
        done += block->instructions;
    } while (run->pc != address);
    return done;
}
