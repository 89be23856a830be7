/*
 * Executes short instruction sequences, each from a context of its own, and prints what became of
 * registers, memory and faults as a hash, or word by word. The same image runs on QEMU's mps2-an386
 * and on the embedded engine (tests/differential).
 *
 * Sequences are executed in privileged thread mode on the process stack, and may change that. Whatever
 * exception ends one (each ends with SVC) is recorded with the special registers, and the next one
 * begins by an exception return.
 */
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))

enum { CODE_SIZE = 64, INTEGERS = 16, FLOATS = 32, DATA_WORDS = 256, STACKED_WORDS = 128, FRAME_WORDS = 26, SPECIALS = 5, MAX_RECORD = 80 };

struct request {
    uint32_t count; /* of sequences */
    uint32_t verbose; /* print words instead of a hash */
    uint32_t ccr, passes;
    uint32_t seed;
    uint32_t fpscr;
};

/* Where the host loads the request, and the sequences with their contexts. */
#define REQUEST ((volatile struct request *)0x20000000)
#define CODE 0x00100000u
#define CONTEXTS ((const uint32_t(*)[INTEGERS])0x20100000)
#define DATA ((volatile uint32_t *)0x20020000)
#define STACK 0x20030000u
/* Where the main stack begins for a sequence; this program's own is below. */
#define MAIN_STACK 0x20010000u

static uint32_t record[MAX_RECORD];
static unsigned recorded, current, pass, started;
static uint32_t state;
uint32_t saved_specials[SPECIALS], saved_integers[8], saved_floats[FLOATS], initial_integers[8], initial_floats[FLOATS];

static void put(char character)
{
    while (REG(0x40004004) & 1)
        ;
    REG(0x40004000) = (uint8_t)character;
}

static void put_hex(uint32_t word)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        put("0123456789abcdef"[word >> shift & 0xF]);
}

static uint32_t random_word(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static void note(uint32_t word)
{
    if (recorded < MAX_RECORD)
        record[recorded++] = word;
}

static void print_record(void)
{
    uint32_t hash = 2166136261u;
    for (unsigned i = 0; i < recorded; i++) {
        if (REQUEST->verbose) {
            put_hex(record[i]);
            put(' ');
        }
        hash = (hash ^ record[i]) * 16777619u;
        hash ^= hash >> 15;
    }
    put_hex(hash);
    put('\n');
}

static void note_outcome(const uint32_t *frame, uint32_t exc_return)
{
    uint32_t ipsr, sum = 0, cfsr = REG(0xE000ED28);
    int extended = !(exc_return & 0x10);
    __asm volatile("mrs %0, ipsr" : "=r"(ipsr));
    recorded = 0;
    note(ipsr);
    note(cfsr);
    note(REG(0xE000ED2C));
    note(cfsr & 0x8000 ? REG(0xE000ED38) : 0);
    for (unsigned i = 0; i < 8; i++)
        note(frame[i]);
    for (unsigned i = 0; i < 8; i++)
        note(saved_integers[i]);
    for (unsigned i = 0; i < 16; i++)
        note(extended ? frame[8 + i] : saved_floats[i]);
    note(extended ? frame[24] : 0);
    for (unsigned i = 16; i < FLOATS; i++)
        note(saved_floats[i]);
    note((uint32_t)(uintptr_t)frame - (exc_return & 4 ? STACK : MAIN_STACK));
    note(exc_return);
    for (unsigned i = 0; i < SPECIALS; i++)
        note(saved_specials[i]);
    for (unsigned i = 0; i < DATA_WORDS; i++)
        if ((uint32_t)(uintptr_t)&DATA[i] - (uint32_t)(uintptr_t)frame >= 4 * FRAME_WORDS)
            sum = (sum ^ DATA[i]) * 16777619u; /* not of a frame stacked there: one of its words is unknown */
    note(sum);
    REG(0xE000ED28) = cfsr;
    REG(0xE000ED2C) = 0xFFFFFFFF;
}

static uint32_t *begin(void)
{
    const uint32_t *context = CONTEXTS[current];
    uint32_t *frame = (uint32_t *)STACK;
    state = REQUEST->seed + 77 * current + 1;
    for (unsigned i = 0; i < DATA_WORDS; i++)
        DATA[i] = random_word();
    for (unsigned i = 0; i < FLOATS; i++) {
        static const uint32_t special[] = {0x3F800000, 0xBF000000, 0x40490FDB, 0x7F800000,
                                           0x7FC00000, 0x00000000, 0x80000000, 0x4B800001};
        uint32_t word = random_word();
        initial_floats[i] = word & 1 ? special[word >> 1 & 7] : word;
    }
    for (unsigned i = 0; i < 4; i++)
        frame[i] = context[i];
    frame[4] = context[12];
    frame[5] = context[14];
    frame[6] = CODE + CODE_SIZE * current;
    frame[7] = (context[15] & 0xF80F0000) | 0x01000000;
    for (unsigned i = 0; i < 16; i++)
        frame[8 + i] = initial_floats[i];
    frame[24] = REQUEST->fpscr;
    for (unsigned i = 26; i < 26 + STACKED_WORDS; i++)
        frame[i] = random_word();
    for (unsigned i = 0; i < STACKED_WORDS; i++)
        ((uint32_t *)MAIN_STACK)[(int)i - STACKED_WORDS / 2] = random_word();
    for (unsigned i = 0; i < 8; i++)
        initial_integers[i] = context[4 + i];
    return frame;
}

/* The frame to return to. */
uint32_t *step(const uint32_t *frame, uint32_t exc_return);
uint32_t *step(const uint32_t *frame, uint32_t exc_return)
{
    if (started) {
        note_outcome(frame, exc_return);
        if (pass + 1 == REQUEST->passes)
            print_record();
        if (++current == REQUEST->count) {
            current = 0;
            if (++pass == REQUEST->passes) {
                put('.');
                put('\n');
                for (;;)
                    __asm volatile("wfi");
            }
        }
    }
    started = 1;
    return begin();
}

__attribute__((naked, used)) static void next(void)
{
    __asm volatile("ldr r2, =saved_specials\n"
                   "mrs r3, control\n str r3, [r2]\n mrs r3, primask\n str r3, [r2, #4]\n"
                   "mrs r3, basepri\n str r3, [r2, #8]\n mrs r3, faultmask\n str r3, [r2, #12]\n"
                   "tst lr, #4\n itete eq\n"
                   "mrseq r0, msp\n mrsne r0, psp\n mrseq r3, psp\n mrsne r3, msp\n"
                   "str r3, [r2, #16]\n" /* the other stack pointer */
                   "mov r3, #0\n msr control, r3\n msr primask, r3\n msr basepri, r3\n"
                   "msr faultmask, r3\n isb\n"
                   "ldr r3, =0x2000E000\n msr msp, r3\n"
                   "mov r1, lr\n"
                   "ldr r2, =saved_integers\n stmia r2, {r4-r11}\n"
                   "ldr r2, =saved_floats\n vstmia r2, {s0-s31}\n"
                   "bl step\n"
                   "msr psp, r0\n"
                   "ldr r2, =0x20010000\n msr msp, r2\n"
                   "ldr r2, =initial_floats\n vldmia r2, {s0-s31}\n"
                   "ldr r2, =initial_integers\n ldmia r2, {r4-r11}\n"
                   "mvn lr, #0x12\n" /* 0xFFFFFFED: thread, process stack, extended frame */
                   "bx lr\n .ltorg");
}

__attribute__((naked, used)) static void start(void)
{
    __asm volatile("ldr r0, =0x20040000\n msr psp, r0\n"
                   "mov r2, #2\n msr control, r2\n isb\n"
                   "svc #0\n .ltorg");
}

static void first(void);

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))0x20010000, first, next, next, next, next, next, 0, 0, 0, 0, next, next, 0, next,
    next,
};

/* Until the first exception, which is no outcome. */
static void first(void)
{
    REG(0x40004010) = 16; /* BAUDDIV */
    REG(0x40004008) = 1;
    REG(0xE000ED88) |= 0xF00000;
    REG(0xE000EF34) = 1u << 31; /* FPCCR: ASPEN, not LSPEN */
    REG(0xE000ED24) = 7u << 16;
    REG(0xE000ED14) = 0x200 | REQUEST->ccr;
    recorded = current = pass = started = 0;
    __asm volatile("dsb\n isb");
    start();
}
