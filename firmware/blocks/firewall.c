/* Violates the firewall in several ways, each of which resets the chip; the stage stands in a backup
 * register. The protected code is copied to the last pages of bank 1. */
#include "guest.h"
#include "rtc_wake.h"

static const uint32_t FW = 0x40011C00, CODE = 0x080F0000, DATA = 0x080F1000, FWRSTF = 1u << 24;
enum { CSSA = 0, CSL = 4, NVDSSA = 8, NVDSL = 12, CR = 0x20, FPA = 1 };

/* 0: the dummy word. 4: the gate: push {r4, lr}; ldr r4, [pc, #24] (FW_CR); nop.
 * It returns the word at r0, and sets FPA before it leaves, if r1 says so. */
static const uint16_t protected_code[] = {
    0xBF00, 0xBF00,
    0xB510, /* push {r4, lr} */
    0x4C05, /* ldr r4, [pc, #20] */
    0x6800, /* ldr r0, [r0] */
    0x2900, /* cmp r1, #0 */
    0xD001, /* beq +2 */
    0x2301, /* movs r3, #1 */
    0x6023, /* str r3, [r4] */
    0xBF00,
    0xBD10, /* pop {r4, pc} */
    0xBF00, 0xBF00, 0xBF00, 0x1C20, 0x4001, 0x1C20, 0x4001,
};

static void program(uint32_t address, const uint16_t *halfwords, uint32_t count)
{
    WORD(FLASH + 8) = 0x45670123;
    WORD(FLASH + 8) = 0xCDEF89AB;
    for (uint32_t i = 0; i < count; i += 4) {
        WORD(FLASH + 0x14) = 1;
        WORD(address + 2 * i) = halfwords[i] | (uint32_t)halfwords[i + 1] << 16;
        WORD(address + 2 * i + 4) = halfwords[i + 2] | (uint32_t)halfwords[i + 3] << 16;
        while (WORD(FLASH + 0x10) >> 16 & 1)
            ;
    }
    WORD(FLASH + 0x14) = 1u << 31;
}

static void enable(void)
{
    WORD(FW + CSSA) = CODE & 0xFFFF00;
    WORD(FW + CSL) = 0x100;
    WORD(FW + NVDSSA) = DATA & 0xFFFF00;
    WORD(FW + NVDSL) = 0x100;
    WORD(SYSCFG + 4) &= ~1u;
    (void)WORD(SYSCFG + 4);
}

typedef uint32_t gate(uint32_t address, uint32_t arms);

static uint32_t call(uint32_t offset, uint32_t address, uint32_t arms)
{
    return ((gate *)(CODE + offset + 1))(address, arms);
}

/* What follows is to end in a reset. */
static void begin(uint32_t stage)
{
    WORD(RTC + 0x50) = stage;
    WORD(RCC + 0x94) |= 1u << 23;
    enable();
}

int main(void)
{
    static const uint16_t secret[] = {0x5EC2, 0x1234, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF};
    uint32_t flags = WORD(RCC + 0x94);
    board_start();
    clock_all();
    WORD(PWR) |= 1u << 8;
    uint32_t stage = WORD(RTC + 0x50);
    if (stage == 0) {
        program(CODE, protected_code, sizeof protected_code / 2 / 4 * 4);
        program(DATA, secret, 8);
        expect("FWDIS is set after reset (9.2.2)", WORD(SYSCFG + 4) & 1, 1);
        expect("idle, the segments are open to all (4.3.5)", WORD(DATA), 0x12345EC2);
        enable();
        expect("through the gate the code reads its data (4.3.5)", call(4, DATA, 1), 0x12345EC2);
        expect("and again (4.3.5)", call(4, DATA, 1), 0x12345EC2);
        expect("FW_CR is the protected code's (4.4.7)", WORD(FW + CR), 1);
        WORD(FW + CSL) = 0;
        expect("segments are fixed (4.4.2)", WORD(FW + CSL), 0x100);
        begin(1);
        (void)WORD(DATA);
    }
    if (stage == 1) {
        expect("reading non-volatile data from outside (4.3.4, 6.4.29)", flags & FWRSTF, FWRSTF);
        begin(2);
        (void)WORD(CODE + 8);
    }
    if (stage == 2) {
        expect("reading code from outside (4.3.4)", flags & FWRSTF, FWRSTF);
        begin(3);
        (void)call(0, DATA, 1);
    }
    if (stage == 3) {
        expect("entering beside the gate (4.3.5)", flags & FWRSTF, FWRSTF);
        begin(4);
        (void)call(4, DATA, 0);
    }
    if (stage == 4) {
        expect("leaving without FPA (4.3.5)", flags & FWRSTF, FWRSTF);
        expect("after the reset it is idle (4.3.5)", WORD(DATA), 0x12345EC2);
        done();
    }
    print("differs: no reset came\r\nDONE\r\n");
    for (;;)
        ;
}
