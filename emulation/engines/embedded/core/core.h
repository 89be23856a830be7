/*
 * The embedded engine's native core: a Cortex-M4F around Unicorn's ARM translator.
 *
 * Unicorn executes instructions and banks the stack pointers. Everything that makes it a
 * microcontroller core is done here: exceptions, NVIC, SysTick, the system control space, the memory
 * map and virtual time. Section numbers in comments refer to the ARMv7-M Architecture Reference
 * Manual (ARM DDI 0403E).
 *
 * Neither Unicorn's nor Python's headers are needed to build: the functions used of either library
 * are handed in as pointers by engine.py, so that one compiled core serves whichever is installed.
 */
#ifndef RENODE_WIFI_CORE_H
#define RENODE_WIFI_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#if defined(__GNUC__)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#else
#define UNLIKELY(condition) (condition)
#endif

#define MAXIMUM_IRQS 240
#define FIRST_IRQ 16 /* exception number of IRQ 0 */
#define EXCEPTION_WORDS 8 /* bit sets over 256 exception numbers */
#define NEVER UINT64_MAX
#define NO_ADDRESS 1u /* no code is at an odd address */

/* Priorities: lower is more urgent; fixed ones are negative (B1.5.4). */
#define PRIORITY_NMI (-2)
#define PRIORITY_HARD_FAULT (-1)
#define PRIORITY_THREAD 256

enum exception {
    EXCEPTION_NONE = 0,
    EXCEPTION_NMI = 2,
    EXCEPTION_HARD_FAULT = 3,
    EXCEPTION_MEM_MANAGE = 4,
    EXCEPTION_BUS_FAULT = 5,
    EXCEPTION_USAGE_FAULT = 6,
    EXCEPTION_SVC = 11,
    EXCEPTION_DEBUG_MONITOR = 12,
    EXCEPTION_PENDSV = 14,
    EXCEPTION_SYSTICK = 15,
};

/* Configurable Fault Status Register, B3.2.15. */
enum cfsr {
    CFSR_IACCVIOL = 1u << 0,
    CFSR_IBUSERR = 1u << 8,
    CFSR_PRECISERR = 1u << 9,
    CFSR_IMPRECISERR = 1u << 10,
    CFSR_UNSTKERR = 1u << 11,
    CFSR_STKERR = 1u << 12,
    CFSR_BFARVALID = 1u << 15,
    CFSR_UNDEFINSTR = 1u << 16,
    CFSR_INVSTATE = 1u << 17,
    CFSR_INVPC = 1u << 18,
    CFSR_NOCP = 1u << 19,
    CFSR_UNALIGNED = 1u << 24,
    CFSR_DIVBYZERO = 1u << 25,
};

/* HardFault Status Register, B3.2.16. */
enum hfsr { HFSR_VECTTBL = 1u << 1, HFSR_FORCED = 1u << 30, HFSR_DEBUGEVT = 1u << 31 };

/* Configuration and Control Register, B3.2.8. */
enum ccr {
    CCR_NONBASETHRDENA = 1u << 0,
    CCR_UNALIGN_TRP = 1u << 3,
    CCR_DIV_0_TRP = 1u << 4,
    CCR_STKALIGN = 1u << 9,
};

/* System Control Register, B3.2.7. */
enum scr { SCR_SLEEPONEXIT = 1u << 1, SCR_SEVONPEND = 1u << 4 };

/* Floating-Point Context Control Register, B3.2.21. */
enum fpccr { FPCCR_LSPACT = 1u << 0, FPCCR_LSPEN = 1u << 30, FPCCR_ASPEN = 1u << 31 };

/* Special registers, B5.1.1: those that exception handlers use. */
enum { SYSM_IPSR = 5, SYSM_MSP = 8, SYSM_PSP, SYSM_PRIMASK = 16, SYSM_BASEPRI, SYSM_BASEPRI_MAX };

/* CONTROL, B1.4.4. */
enum control { CONTROL_NPRIV = 1, CONTROL_SPSEL = 2, CONTROL_FPCA = 4 };

enum xpsr {
    XPSR_EXCEPTION = 0x1FF,
    XPSR_REALIGNED = 1u << 9,
    XPSR_GE = 0xFu << 16,
    XPSR_THUMB = 1u << 24,
    XPSR_SATURATED = 1u << 27,
};

/* The registers used, in the order in which engine.py lists Unicorn's identifiers. */
enum reg {
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, SP, LR, PC, XPSR,
    MSP, PSP, CONTROL, PRIMASK, BASEPRI, FAULTMASK,
    XPSR_ALL, /* writes flags, IPSR and EPSR */
    APSR_NZCV, /* writing it makes Unicorn recompute the flags it derives from IPSR */
    EPSR,
    FPSCR,
    D0, D15 = D0 + 15,
    REGISTER_COUNT,
};
#define CORE_REGISTERS (XPSR + 1) /* R0..R15 and xPSR, as a debugger shows them */
/* The order in which cpu.c exchanges registers with Unicorn and snapshots: R0 to R12, ... */
enum { CPU_LR = 13, CPU_MSP, CPU_PSP, CPU_PRIMASK, CPU_BASEPRI, CPU_FAULTMASK, CPU_CONTROL,
       CPU_XPSR, CPU_KEPT, SAVED_REGISTERS = CPU_KEPT + 17 };

/* Operands beside the registers: always 0, between two steps of an instruction, never looked at. */
enum { ZERO = 16, SCRATCH, SINK, OPERANDS };

typedef struct uc_struct uc_engine;
typedef struct PyObject PyObject;

struct uc_tlb_entry {
    uint64_t paddr;
    uint32_t perms;
};

struct uc_tb {
    uint64_t pc;
    uint16_t icount, size;
};

/* What the core calls of libunicorn. */
struct unicorn {
    int (*emu_start)(uc_engine *, uint64_t begin, uint64_t until, uint64_t timeout, size_t count);
    int (*emu_stop)(uc_engine *);
    int (*reg_read)(uc_engine *, int, void *);
    int (*reg_write)(uc_engine *, int, const void *);
    int (*reg_read_batch)(uc_engine *, int *, void **, int);
    int (*reg_write_batch)(uc_engine *, int *, void *const *, int);
    int (*hook_add)(uc_engine *, size_t *, int, void *, void *, uint64_t, uint64_t, ...);
    int (*hook_del)(uc_engine *, size_t);
    int (*ctl)(uc_engine *, int, ...);
    int (*mmio_map)(uc_engine *, uint64_t, size_t, void *, void *, void *, void *);
};

/* What the core calls of the Python interpreter. The interpreter's lock is held during a run. */
struct python {
    PyObject *(*vectorcall)(PyObject *callable, PyObject *const *arguments, size_t count, PyObject *);
    PyObject *(*from_unsigned)(unsigned long);
    unsigned long (*as_unsigned)(PyObject *);
    void (*decref)(PyObject *);
    PyObject *(*error)(void);
    int (*setattr)(PyObject *object, PyObject *name, PyObject *value);
};

enum page_flags {
    PAGE_EXECUTED = 1, /* translated code may exist */
    PAGE_TRAPPED = 2, /* stores go through the traps */
    PAGE_WRITTEN = 4, /* plain stores of the CPU may have changed it */
};

/* One piece of memory; aliases refer to the same piece. */
struct memory {
    uint8_t *bytes;
    uint32_t size;
    uint32_t physical; /* where Unicorn has it mapped: its first address */
    bool writable; /* by a plain store */
    uint8_t *pages; /* per page: enum page_flags */
    uint8_t *shadow; /* a copy for repeat.c */
    struct memory *next;
};

/* Mirrors of the indices in peripherals/base/stream.py. */
enum { STREAM_NEXT, STREAM_END, STREAM_KEPT, STREAM_ROOM, STREAM_IDLE, STREAM_MORE };
enum { PORT_OPEN, PORT_READABLE, PORT_FIFO, PORT_LEVEL, PORT_INTERRUPTS, PORT_SETTINGS,
       PORT_ERRORS, PORT_STATUS };

/* A model's data register as port.c serves it. */
struct port {
    uint32_t *state;
    uint32_t *stream; /* NULL: the device has none */
    uint16_t *sent, *received;
    uint32_t data, status, control; /* words of the model */
#define PORT_CAUSES 4
    struct {
        uint32_t enable, status;
    } causes[PORT_CAUSES];
    uint32_t overrun; /* bit of the status */
    uint32_t exception; /* that the line and nothing else drives; 0: the port isn't served */
    PyObject *line;
    PyObject *ended; /* called once the stream's last word has been sent */
};

/* Mirrors of the indices in peripherals/base/pins.py. */
enum { PINS_OUTPUTS, PINS_DRIVEN, PINS_INPUTS };
#define PINS 16

/* An edge detector's inputs as pins.c serves them. */
struct edges {
    uint32_t *values, *levels;
    uint32_t mask, rising, falling, trigger, pending; /* words of the model */
    uint32_t detected;
    uint32_t served; /* the inputs of which the core knows the exception */
    struct edge_output {
        PyObject *line;
        uint32_t exception;
    } outputs[PINS];
};

/* A port's pins as pins.c serves them. */
struct pins {
    uint32_t *values, *state;
    uint32_t levels, data, set_reset, reset; /* words of the model */
    uint32_t served; /* the pins of which the core knows all that listens */
    struct pin {
        PyObject *line;
        /* On the way to an edge detector; NULL: there is none. */
        struct edges *edges;
        uint8_t *level, *selected;
        PyObject *output;
        uint32_t choice;
        uint32_t listener_input;
        PyObject *listener; /* or NULL */
    } pin[PINS];
};

/* A model's registers as the core serves them. */
struct model {
    PyObject *read, *write;
    uint32_t *values; /* the model's array of words */
    uint32_t words;
    uint8_t *plain; /* per word: a read is nothing but the value */
    uint8_t *storage; /* per word: a write is nothing but a store of the writable bits */
    uint32_t *writable;
    struct port *port; /* these three or NULL */
    struct pins *pins;
    struct edges *edges;
    uint64_t native_accesses, python_accesses;
};

/* A model mapped at an address range; `offset` is the model's offset of the range's start. */
struct window {
    uint32_t base, size, offset;
    struct model *model;
    struct window *next_in_page; /* only for pages shared by several windows */
};

/* Stores to a range of memory, by whichever alias, that go to a Python handler (flash
 * programming). */
struct trap {
    uint32_t start, size; /* physical addresses */
    PyObject *handler;
    struct trap *next;
};

#define PAGE_BITS 12
#define PAGE_SIZE (1u << PAGE_BITS)
#define TABLE_PAGES 1024

/* A page of the address space is memory, or device windows, or (both NULL) a bus error. */
struct page {
    struct memory *memory;
    uint32_t offset; /* in the memory */
    struct window *windows;
};

#define BLOCK_CACHE 32768 /* entries; see block.c */

/* Why Unicorn or interpret.c returned. */
enum halt {
    HALT_SLEEP, /* WFI: no hook runs, so it is what remains */
    HALT_LIMIT,
    HALT_EXCEPTION, /* a pending exception can be taken */
    HALT_INTERRUPT, /* Unicorn raised `interrupt_number` */
    HALT_WAIT_FOR_EVENT,
    HALT_FPU, /* before a block with use of the disabled FPU at trap_address */
    HALT_TRAP, /* divide-by-zero or alignment trap, see traps.c */
    HALT_BREAKPOINT, /* before an instruction in a block that has been charged */
    HALT_LEAVE, /* the interpreter goes no further ... */
    HALT_LEAVE_WITHIN, /* ... in a block that has been charged */
};

/* Unicorn's numbers for CPU exceptions. */
enum { EXCP_SWI = 2, EXCP_BKPT = 7, EXCP_EXCEPTION_EXIT = 8 };

/* Why core_run returned; mirrored by engine.py. */
enum outcome {
    OUTCOME_DEADLINE,
    OUTCOME_PAUSE,
    OUTCOME_STOP,
    OUTCOME_FAULT,
    OUTCOME_RESET,
    OUTCOME_BREAKPOINT,
    OUTCOME_UNICORN_ERROR,
};

/* A fault as it was met, before exception entry; mirrored by native.py. */
struct fault {
    uint32_t raised; /* the fault's own exception number */
    uint32_t taken; /* the exception entered; 0: lockup */
    uint32_t cfsr, hfsr; /* the bits that this fault set */
    uint32_t address; /* the faulting access, if `access` says so */
    uint32_t access; /* enum access */
    uint32_t frame; /* where the registers were stacked; 0: nowhere */
    uint32_t during; /* the exception that was running */
    uint32_t registers[CORE_REGISTERS];
};
enum access { ACCESS_NONE, ACCESS_FETCH, ACCESS_READ, ACCESS_WRITE };

/* Shared with Python while the core exists; mirrored by native.py. Must stay the first member. */
struct shared {
    uint64_t cycles; /* core cycles since power-on: one per instruction */
    uint64_t deadline; /* the next Python event */
    uint64_t pause; /* where the caller wants to be given control; never changes behaviour */
    uint64_t limit; /* no block may end beyond it */
    uint32_t stop; /* end the run at the next block */
    uint32_t unicorn_error;
    uint32_t reset_requested;
    uint32_t fault_ready;
    struct fault fault;
    uint32_t stop_address; /* of the breakpoint */
    uint32_t debugger; /* BKPT halts instead of faulting */
    uint64_t exceptions_taken, runs;
    uint64_t rounds_skipped; /* of waiting loops, see repeat.c */
    uint64_t interpreted; /* instructions that Unicorn was spared */
};

struct systick {
    uint32_t control, load, held; /* held: the count while disabled */
    uint32_t counted; /* COUNTFLAG */
    uint64_t zero; /* cycle at which the counter next reaches 0 */
};

struct mpu_region {
    uint32_t rbar, rasr;
};

/* All that a snapshot must keep beside registers and memories. No pointers. */
struct state {
    uint32_t pc;
    uint32_t exception; /* IPSR */
    uint32_t sleeping; /* WFI or WFE executed and not yet woken */
    uint32_t waiting_for_event; /* ... and it was WFE */
    uint32_t event; /* the event register of WFE */
    uint32_t locked_up;
    uint32_t resume_unchecked; /* resumed in mid-block: interrupts were looked at on its entry */
    uint32_t pending[EXCEPTION_WORDS], enabled[EXCEPTION_WORDS], active[EXCEPTION_WORDS];
    uint32_t line[EXCEPTION_WORDS]; /* levels of the interrupt inputs */
    int16_t priority[256];
    uint32_t vtor, prigroup, scr, ccr, cfsr, hfsr, dfsr, mmfar, bfar;
    uint32_t actlr, cpacr, fpccr, fpcar, fpdscr, demcr;
    uint32_t mpu_control, mpu_number;
    struct mpu_region mpu[8];
    struct systick systick;
    uint64_t cycle_counter_base; /* CYCCNT = cycles - base while it counts, else the base */
    uint32_t dwt[24], itm[3]; /* words that only store */
};

/* The search for a loop that only waits, see repeat.c. */
struct repeat {
    bool enabled;
    enum { REPEAT_IDLE, REPEAT_LOOP, REPEAT_REGISTERS, REPEAT_MEMORY } stage;
    uint32_t watched; /* the block at which rounds begin */
    bool special; /* its entry was marked before */
    bool impure; /* something happened that a further round need not repeat */
    uint64_t next; /* cycle of the next probe, or of giving up */
    uint64_t wait; /* cycles between probes */
    uint64_t copy_wait; /* cycles between attempts by copying */
    uint64_t copy_next; /* cycle from which on that may be tried */
    uint64_t cycle; /* at which the round began */
    uint64_t exceptions; /* taken by then */
    uint64_t registers[40];
};

/* Pages of plain memory that interpret.c reads from or writes to as they are. */
enum { NEAR = 64 };
struct near_page {
    uint32_t address; /* NO_PAGE: none */
    uint8_t *bytes;
};
#define NO_PAGE 0xFFFu /* like no page's address, whatever an access's lowest bits are */

/* The registers while Unicorn doesn't execute, see cpu.c. */
struct cpu {
    bool known; /* what follows has been fetched */
    bool translating; /* Unicorn executes: the registers are there */
    uint32_t r[OPERANDS]; /* R0 to LR, and what interpret.c reads or writes as if it were one */
    uint32_t n, z, c, v; /* N and V are bit 31, Z is set when `z` is 0 */
    uint32_t it; /* ITSTATE, A7.3.3 */
    uint32_t xpsr; /* without those */
    uint32_t msp, psp; /* the one in use is r[SP] */
    uint32_t primask, basepri, faultmask, control;
    uint32_t told[CPU_KEPT]; /* what Unicorn has */
};

struct core {
    struct shared shared;
    struct state state;
    struct cpu cpu;

    uc_engine *uc;
    struct unicorn unicorn;
    struct python python;
    PyObject *level_name, *is_true, *is_false;
    int ids[REGISTER_COUNT];

    uint32_t irq_count;
    bool has_fpu;
    uint8_t priority_mask; /* implemented bits of a priority */
    uint32_t systick_divider; /* core cycles per tick of the reference clock */
    uint32_t systick_calibration;
    uint32_t strict_holes; /* unmapped words within a device page fault instead of reading 0 */
    PyObject *hole_handler; /* told (address, is_write) of such an access */
    PyObject *block_handler; /* called with the address of a hooked block; true: stop there */

    bool running;
    enum halt halt;
    uint32_t interrupt_number;
    int preempting; /* group priority of the pending exception that can preempt; or THREAD */
    int active_priority; /* group priority of the most urgent active exception; or THREAD */
    int unprivileged_priority; /* of execution, see nvic_expect */
    bool fault_seen; /* a TLB fill was refused during this run of Unicorn */
    uint32_t fault_address, fault_access;
    bool imprecise_fault; /* raised by a device access, taken at the next block */
    uint32_t imprecise_address;
    uint32_t trap_cause, trap_address; /* CFSR bit and instruction of HALT_TRAP */
    size_t trap_hook;
    size_t fpu_hook;
    bool fpu_hook_set;
    bool trap_hook_set;
    bool traps_changed; /* the hook is to be set or removed before the next block */
    uint64_t block; /* the entry of the block being executed, charged as a whole; or 0 */
    uint32_t passed_hook; /* the hook here was called before a stop and is not to be called again */
    uint32_t passed_breakpoint; /* the same of a breakpoint */
    uint32_t breakpoints; /* how many there are */

    bool interpret; /* at all */
    uint32_t patience; /* instructions that may be executed here before Unicorn goes on */
    struct decoded_blocks *decoded;
    struct near_page readable[NEAR], writable[NEAR];
    struct repeat repeat;
    struct memory *memories;
    struct page *tables[1u << (32 - PAGE_BITS - 10)];
    struct trap *traps;
    uint32_t *hooked; /* sorted addresses of hooked blocks */
    uint32_t hooked_count;
    uint64_t blocks[BLOCK_CACHE]; /* each: address, size and number of instructions */
};

static inline bool bit_get(const uint32_t *bits, unsigned n) { return bits[n >> 5] >> (n & 31) & 1; }
static inline void bit_set(uint32_t *bits, unsigned n) { bits[n >> 5] |= 1u << (n & 31); }
static inline void bit_clear(uint32_t *bits, unsigned n) { bits[n >> 5] &= ~(1u << (n & 31)); }
static inline unsigned bit_count(uint32_t bits)
{
    unsigned count = 0;
    for (; bits; bits &= bits - 1)
        count++;
    return count;
}
/* Bit-band regions of the Cortex-M4 (ARM 100166, 3.7): each word is one bit of the first MB. */
static inline bool is_bit_band(uint32_t address)
{
    return (address >= 0x22000000 && address < 0x24000000) ||
           (address >= 0x42000000 && address < 0x44000000);
}

/* Regions whose default memory attribute is execute-never (B3.1, table B3-1). */
static inline bool is_execute_never(uint32_t address)
{
    return (address >= 0x40000000 && address < 0x60000000) || address >= 0xA0000000;
}

static inline void bit_assign(uint32_t *bits, unsigned n, bool value)
{
    if (value)
        bit_set(bits, n);
    else
        bit_clear(bits, n);
}

/* cpu.c: the registers, kept here or by Unicorn */
uint32_t cpu_read(struct core *core, enum reg reg);
void cpu_write(struct core *core, enum reg reg, uint32_t value);
void cpu_read_many(struct core *core, const uint8_t *regs, uint64_t *values, int count);
void cpu_write_many(struct core *core, const uint8_t *regs, const uint64_t *values, int count);
bool cpu_is_unprivileged(struct core *core);
void cpu_know(struct core *core);
bool cpu_read_special(struct cpu *cpu, unsigned number, uint32_t *value);
bool cpu_write_special(struct cpu *cpu, unsigned number, uint32_t value);
void cpu_copy(struct core *core, struct cpu *copy);
void cpu_put(struct core *core);
void cpu_save(struct core *core, uint64_t *values);
void cpu_restore(struct core *core, const uint64_t *values);

/* run.c */
bool run_attach(struct core *core);
void run_limit(struct core *core);
void run_halt(struct core *core, enum halt halt);
uint64_t run_next_event(const struct core *core);
uint64_t run_bound(const struct core *core);
bool run_is_interrupted(const struct core *core);

/* block.c */
uint32_t block_address(uint64_t block);
uint32_t block_end(uint64_t block);
unsigned instruction_size(uint16_t first_halfword);
unsigned block_instructions(struct core *core, uint32_t address, uint32_t size);
bool block_uses_fpu(struct core *core, uint32_t address);
void block_enter(uc_engine *uc, uint64_t address, uint32_t size, void *user);
void block_unwatch(struct core *core);
void block_forget(struct core *core, uint32_t start, uint32_t size);
bool block_is_hooked(const struct core *core, uint32_t address);
void block_translated(uc_engine *uc, const struct uc_tb *block, const struct uc_tb *before,
                      void *user);

uint64_t block_known(struct core *core, uint32_t address);
uint32_t block_count(uint64_t block);
enum halt block_obstacle(struct core *core, uint64_t end);

/* decode.c */
bool decoded_create(struct core *core);
void decoded_forget(struct core *core);
void decoded_forget_block(struct core *core, uint32_t address);

/* interpret.c */
bool interpret_may_begin(struct core *core);
void interpret_expect(struct core *core);
enum halt interpret(struct core *core);
void interpret_forget_pages(struct core *core);

/* drift.c */
uint32_t drift_skip(struct core *core, uint32_t address, uint32_t most, uint64_t cycles,
                    uint64_t *rounds);

/* repeat.c */
bool repeat_probe(struct core *core, uint32_t address);
void repeat_visit(struct core *core);
void repeat_cancel(struct core *core);
void repeat_restart(struct core *core);
bool repeat_skip(struct core *core, uint32_t address, uint32_t longest);
void repeat_schedule(struct core *core, uint64_t wait);

/* nvic.c */
void nvic_update(struct core *core);
int nvic_best_pending(const struct core *core);
int nvic_group_priority(const struct core *core, int priority);
int nvic_execution_priority(struct core *core, bool with_primask);
bool nvic_can_take(struct core *core);
bool nvic_wakes(struct core *core);
void nvic_expect(struct core *core);
void nvic_pend(struct core *core, unsigned exception);
EXPORT void core_set_line(struct core *core, uint32_t exception, uint32_t level);
void nvic_unpend(struct core *core, unsigned exception);
void nvic_activate(struct core *core, unsigned exception);
void nvic_deactivate(struct core *core, unsigned exception);
unsigned nvic_active_count(const struct core *core);
uint32_t nvic_read(struct core *core, uint32_t offset);
void nvic_write(struct core *core, uint32_t offset, uint32_t value, uint32_t lanes);

/* exception.c */
void exception_enter(struct core *core, unsigned exception, bool synchronous);
void exception_return(struct core *core, uint32_t exc_return);
void exception_svc(struct core *core);
void fault_raise(struct core *core, unsigned exception, uint32_t cfsr, uint32_t hfsr);
void fault_raise_at(struct core *core, unsigned exception, uint32_t cfsr, uint32_t address,
                    enum access access);

/* port.c */
bool port_read(struct core *core, struct model *model, uint32_t word, unsigned width,
               uint32_t *value);
bool port_write(struct core *core, struct model *model, uint32_t word, uint32_t value,
                unsigned width);

/* pins.c */
void line_tell(struct core *core, PyObject *line, bool level);
bool pins_write(struct core *core, const struct model *model, uint32_t word, uint32_t value);
bool edges_write(struct core *core, const struct model *model, uint32_t word, uint32_t value);

/* system.c: the private peripheral bus */
uint32_t system_read(struct core *core, uint32_t address);
bool system_peek(const struct core *core, uint32_t address, uint32_t *value);
void system_write(struct core *core, uint32_t address, uint32_t value, uint32_t lanes);
bool system_has(uint32_t address);
void system_reset(struct core *core);

/* systick.c */
uint64_t systick_next_event(const struct core *core);
void systick_sync(struct core *core);
uint32_t systick_read(struct core *core, uint32_t offset);
void systick_write(struct core *core, uint32_t offset, uint32_t value);

/* memory.c */
#define DEVICE_PHYSICAL 0x100000000ull /* all accesses that need a callback, beyond real addresses */
static inline struct page *page_at(struct core *core, uint32_t address)
{
    struct page *table = core->tables[address >> (PAGE_BITS + 10)];
    return table ? &table[address >> PAGE_BITS & (TABLE_PAGES - 1)] : NULL;
}
/* Of a page of memory. */
static inline uint8_t *page_flags(const struct page *page)
{
    return &page->memory->pages[page->offset >> PAGE_BITS];
}
uint32_t page_physical(const struct page *page, uint32_t address);
uint8_t *memory_at(struct core *core, uint32_t address, uint32_t length, bool for_write);
bool memory_store(struct core *core, uint32_t address, uint32_t value, unsigned width);
bool memory_fetch(struct core *core, uint32_t address, uint16_t *halfword);
void memory_free(struct core *core);
bool memory_fill(uc_engine *uc, uint64_t address, int type, struct uc_tlb_entry *entry, void *user);

/* device.c */
uint64_t device_read(uc_engine *uc, uint64_t address, unsigned width, void *user);
void device_write(uc_engine *uc, uint64_t address, unsigned width, uint64_t value, void *user);
bool device_peek(struct core *core, uint32_t address, uint32_t *value);
bool python_call(struct core *core, PyObject *callable, const uint32_t *arguments, int count,
                 uint32_t *result);

/* access.c */
unsigned access_decode(struct core *core, uint32_t pc, uint32_t *address);

/* traps.c */
bool fpu_is_usable(const struct core *core);
void fpu_approach(struct core *core);
void fpu_forget(struct core *core);
void traps_update(struct core *core);
void traps_apply(struct core *core);

#endif
