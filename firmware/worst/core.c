/* What a Cortex-M4 does by itself: masks, SysTick, CYCCNT, exceptions, kinds of code. */
#include "worst.h"

#define SYST_CSR REG(0xE000E010)
#define SYST_CVR REG(0xE000E018)
#define SYST_CSR_COUNTFLAG (1u << 16)
#define DEMCR REG(0xE000EDFC)
#define DWT_CTRL REG(0xE0001000)
#define DWT_CYCCNT REG(0xE0001004)
#define CCR REG(0xE000ED14)
#define CPACR REG(0xE000ED88)
#define ICSR REG(0xE000ED04)
#define SHPR3 REG(0xE000ED20)
#define PENDSVSET (1u << 28)

static void spin_with_primask(void)
{
    __asm volatile("cpsid i");
    for (;;)
        ;
}

static void spin_with_basepri(void)
{
    SHPR3 = 0xF0F00000;
    __asm volatile("msr basepri, %0" ::"r"(0x20));
    for (;;)
        ;
}

/* A spin loop that computes while a tick is pending. */
static void work_with_primask(void)
{
    __asm volatile("cpsid i");
    for (uint32_t x = 1;; x = x * 1664525 + 1013904223)
        counter ^= x;
}

static void poll_countflag(void)
{
    for (;;) {
        while (!(SYST_CSR & SYST_CSR_COUNTFLAG))
            ;
        counter++;
    }
}

static void poll_systick_value(void)
{
    for (;;) {
        uint32_t start = SYST_CVR;
        while (((start - SYST_CVR) & 0xFFFFFF) < 400)
            ;
        counter++;
    }
}

static void poll_cycle_counter(void)
{
    DEMCR |= 1u << 24;
    DWT_CTRL |= 1;
    for (;;) {
        uint32_t start = DWT_CYCCNT;
        while (DWT_CYCCNT - start < 800)
            ;
        counter++;
    }
}

static void count(void)
{
    counter++;
}

static void call_supervisor(void)
{
    on_exception(11, count);
    for (;;)
        __asm volatile("svc #0");
}

/* Flash, RAM and peripherals as regions of the MPU, with its default map behind them. */
static void call_supervisor_with_mpu(void)
{
    static const uint32_t regions[][2] = {
        {0x00000000, 6u << 24 | 28u << 1 | 1}, /* code: 512 MB, read only */
        {0x20000000, 3u << 24 | 28u << 1 | 1},
        {0x40000000, 1u << 28 | 3u << 24 | 28u << 1 | 1},
    };
    for (uint32_t i = 0; i < sizeof regions / sizeof *regions; i++) {
        REG(0xE000ED98) = i;
        REG(0xE000ED9C) = regions[i][0];
        REG(0xE000EDA0) = regions[i][1];
    }
    REG(0xE000ED94) = 5;
    __asm volatile("dsb\n isb");
    call_supervisor();
}

/* As Zephyr and Mbed OS do for each thread: a guard below its stack, and its own memory. */
static void protect_thread(void)
{
    const uint32_t stack = 0x20008000 + (counter++ & 3) * 0x1000;
    const uint32_t regions[][2] = {
        {stack, 1u << 28 | 5u << 24 | 7u << 1 | 1}, /* 256 bytes, read only */
        {stack + 0x800, 1u << 28 | 3u << 24 | 10u << 1 | 1},
    };
    REG(0xE000ED94) = 0;
    for (uint32_t i = 0; i < sizeof regions / sizeof *regions; i++) {
        REG(0xE000ED98) = 4 + i;
        REG(0xE000ED9C) = regions[i][0];
        REG(0xE000EDA0) = regions[i][1];
    }
    REG(0xE000ED94) = 5;
    __asm volatile("dsb\n isb");
}

static void switch_protected_threads(void)
{
    static const uint32_t regions[][2] = {
        {0x00000000, 6u << 24 | 28u << 1 | 1},
        {0x20000000, 1u << 24 | 28u << 1 | 1},
        {0x40000000, 1u << 28 | 3u << 24 | 28u << 1 | 1},
    };
    for (uint32_t i = 0; i < sizeof regions / sizeof *regions; i++) {
        REG(0xE000ED98) = i;
        REG(0xE000ED9C) = regions[i][0];
        REG(0xE000EDA0) = regions[i][1];
    }
    on_exception(14, protect_thread);
    for (;;) {
        ICSR = PENDSVSET;
        __asm volatile("dsb\n isb");
        for (volatile unsigned work = 0; work < 50; work++)
            ;
    }
}

__attribute__((naked)) static void switch_context(void)
{
    __asm volatile("mrs r0, psp\n stmdb r0!, {r4-r11, lr}\n ldr r1, =counter\n ldr r2, [r1]\n"
                   "adds r2, #1\n str r2, [r1]\n ldmia r0!, {r4-r11, lr}\n msr psp, r0\n bx lr\n"
                   ".ltorg");
}

static uint64_t thread_stack[128];

static void switch_contexts(void)
{
    on_exception(14, switch_context);
    __asm volatile("msr psp, %0\n msr control, %1\n isb" ::"r"(&thread_stack[128]), "r"(2));
    for (;;) {
        ICSR = PENDSVSET;
        __asm volatile("dsb\n isb");
    }
}

static float use_fpu(float x, float factor)
{
    float result;
    __asm volatile("vmov s0, %1\n vmov s1, %2\n vmla.f32 s0, s0, s1\n vmov %0, s0"
                   : "=r"(result) : "r"(x), "r"(factor) : "s0", "s1");
    return result;
}

static void count_with_fpu(void)
{
    static float sum;
    sum = use_fpu(sum, 0.5f);
    counter++;
}

static void switch_fp_contexts(void)
{
    CPACR |= 0xF00000;
    __asm volatile("dsb\n isb");
    on_exception(11, count_with_fpu);
    for (float x = 1;; x = use_fpu(x, 0.25f))
        __asm volatile("svc #0");
}

static void denormals(void)
{
    CPACR |= 0xF00000;
    __asm volatile("dsb\n isb");
    __asm volatile("vmov s0, %0\n vmov s1, %1\n"
                   "1: vmul.f32 s2, s0, s1\n vadd.f32 s3, s2, s0\n vmul.f32 s4, s3, s1\n b 1b"
                   ::"r"(0x00000123), "r"(0x3F000000));
    __builtin_unreachable();
}

static void exclusive_accesses(void)
{
    static uint32_t word;
    for (;;)
        __asm volatile("1: ldrex r1, [%0]\n adds r1, #1\n strex r2, r1, [%0]\n cmp r2, #0\n bne 1b"
                       ::"r"(&word) : "r1", "r2", "cc", "memory");
}

static uint8_t buffer[3 * 4096];

static void copy_bytes(void)
{
    for (;;)
        for (volatile uint8_t *from = buffer, *to = buffer + 6000; from < buffer + 6000;)
            *to++ = *from++;
}

static uint16_t ram_code[32];

static void call_ram_code(void)
{
    static const uint16_t code[] = {0x3001, 0x4048, 0x3103, 0x3A01, 0xD1FA, 0x4770};
    for (unsigned i = 0; i < sizeof code / 2; i++)
        ram_code[i] = code[i];
    uint32_t (*function)(uint32_t, uint32_t, uint32_t) = (void *)((uintptr_t)ram_code | 1);
    for (;;)
        counter += function(1, 2, 100);
}

static void modify_code(void)
{
    uint32_t (*function)(uint32_t) = (void *)((uintptr_t)ram_code | 1);
    ram_code[1] = 0x4770;
    for (uint16_t i = 0;; i++) {
        ram_code[0] = 0x3000 | (i & 0xFF); /* ADDS r0, #i */
        for (volatile unsigned wait = 0; wait < 200; wait++)
            ;
        __asm volatile("dsb\n isb");
        counter += function(1);
    }
}

/* Pairs of words through a pointer that is loaded just before. */
static void chase_pointers(void)
{
    static struct node {
        uint64_t value;
        struct node *next;
    } nodes[4];
    for (unsigned i = 0; i < 4; i++)
        nodes[i].next = &nodes[(i + 1) & 3];
    struct node *node = nodes;
    for (;;)
        __asm volatile("ldr %0, [%0, #8]\n ldrd r2, r3, [%0]\n adds r2, #1\n adc r3, #0\n"
                       "strd r2, r3, [%0]" : "+r"(node)::"r2", "r3", "cc", "memory");
}

static void copy_words(void)
{
    for (;;)
        __asm volatile("mov r2, %0\n add r3, r2, #2048\n movs r1, #64\n"
                       "1: ldmia r2!, {r4-r7}\n stmia r3!, {r4-r7}\n subs r1, #1\n bne 1b"
                       ::"r"(buffer) : "r1", "r2", "r3", "r4", "r5", "r6", "r7", "cc", "memory");
}

static void divide_checked(void)
{
    CCR |= 1u << 4;
    for (uint32_t x = 0xFFFFFFFF, y = 3;; x--)
        __asm volatile("udiv r2, %0, %1\n mls r3, r2, %1, %0" ::"r"(x), "r"(y) : "r2", "r3");
}

static void mask_and_unmask(void)
{
    for (;;) {
        __asm volatile("msr basepri, %0\n isb" ::"r"(0x50));
        counter++;
        __asm volatile("msr basepri, %0" ::"r"(0));
    }
}

const struct guest core_guests[] = {
    {"spin, tick pending behind PRIMASK", spin_with_primask},
    {"spin, tick pending behind BASEPRI", spin_with_basepri},
    {"work, tick pending behind PRIMASK", work_with_primask},
    {"critical sections by BASEPRI", mask_and_unmask},
    {"poll SysTick COUNTFLAG", poll_countflag},
    {"poll SysTick CVR", poll_systick_value},
    {"poll DWT CYCCNT", poll_cycle_counter},
    {"SVC storm", call_supervisor},
    {"SVC storm, MPU on", call_supervisor_with_mpu},
    {"PendSV storm", switch_contexts},
    {"threads switched, MPU set for each", switch_protected_threads},
    {"SVC storm, FP contexts", switch_fp_contexts},
    {"FPU with denormals", denormals},
    {"LDREX/STREX", exclusive_accesses},
    {"bytes copied across pages", copy_bytes},
    {"words copied by LDM/STM", copy_words},
    {"LDRD through pointers", chase_pointers},
    {"division, DIV_0_TRP set", divide_checked},
    {"code in RAM", call_ram_code},
    {"self-modifying code", modify_code},
};
const unsigned core_guest_count = sizeof core_guests / sizeof *core_guests;
