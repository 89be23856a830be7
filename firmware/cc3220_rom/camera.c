/* The parallel camera interface. */
#include "rom.h"

#define CC_SYSCONFIG 0x010
#define CC_SYSCONFIG_SOFT_RESET (1u << 1)
#define CC_SYSSTATUS 0x014
#define CC_SYSSTATUS_RESET_DONE (1u << 0)
#define CC_IRQSTATUS 0x018
#define CC_IRQENABLE 0x01C
#define CC_CTRL 0x040
#define CC_CTRL_MODE 0xFu
#define CC_CTRL_PARAMETERS 0x3F00u
#define CC_CTRL_FRAME_TRIG (1u << 17)
#define CC_CTRL_EN (1u << 16)
#define CC_CTRL_DMA 0x044
#define CC_CTRL_DMA_EN (1u << 8)
#define CC_CTRL_DMA_THRESHOLD 0x7Fu
#define CC_CTRL_XCLK 0x048
#define CC_CTRL_XCLK_DIV 0x1Fu
#define BUFFER 0x100

#define XCLK_STABLE_HIGH 1
#define XCLK_BYPASS 2
#define XCLK_MAX_DIVIDER 30
#define INT_DMA 0x80000000u
#define DONE_LINE (1u << 8)

void CameraReset(uint32_t base)
{
    REG(base + CC_SYSCONFIG) = CC_SYSCONFIG_SOFT_RESET;
    wait_set(base + CC_SYSSTATUS, CC_SYSSTATUS_RESET_DONE);
}

void CameraParamsConfig(uint32_t base, uint32_t horizontal, uint32_t vertical, uint32_t flags)
{
    change_bits(base + CC_CTRL, CC_CTRL_PARAMETERS, flags | horizontal | vertical);
}

void CameraXClkConfig(uint32_t base, uint32_t clock, uint32_t wanted)
{
    uint32_t divider = clock / wanted;
    if (divider <= XCLK_MAX_DIVIDER)
        change_bits(base + CC_CTRL_XCLK, CC_CTRL_XCLK_DIV, divider);
}

void CameraXClkSet(uint32_t base, uint8_t state)
{
    change_bits(base + CC_CTRL_XCLK, CC_CTRL_XCLK_DIV,
                state == XCLK_BYPASS ? CC_CTRL_XCLK_DIV : state == XCLK_STABLE_HIGH);
}

void CameraDMAEnable(uint32_t base)
{
    set_bits(base + CC_CTRL_DMA, CC_CTRL_DMA_EN);
}

void CameraDMADisable(uint32_t base)
{
    clear_bits(base + CC_CTRL_DMA, CC_CTRL_DMA_EN);
}

void CameraThresholdSet(uint32_t base, uint32_t threshold)
{
    change_bits(base + CC_CTRL_DMA, CC_CTRL_DMA_THRESHOLD, threshold - 1);
}

void CameraIntRegister(uint32_t base, handler *function)
{
    (void)base;
    hook_interrupt(INT_CAMERA, function);
}

void CameraIntUnregister(uint32_t base)
{
    (void)base;
    unhook_interrupt(INT_CAMERA);
}

void CameraIntEnable(uint32_t base, uint32_t flags)
{
    if (flags & INT_DMA)
        REG(DMA_DONE_INT_MASK_CLR) = DONE_LINE;
    set_bits(base + CC_IRQENABLE, flags & ~INT_DMA);
}

void CameraIntDisable(uint32_t base, uint32_t flags)
{
    if (flags & INT_DMA)
        REG(DMA_DONE_INT_MASK_SET) = DONE_LINE;
    clear_bits(base + CC_IRQENABLE, flags & ~INT_DMA);
}

uint32_t CameraIntStatus(uint32_t base)
{
    return REG(base + CC_IRQSTATUS) | (REG(DMA_DONE_INT_STS_MASKED) & DONE_LINE ? INT_DMA : 0);
}

void CameraIntClear(uint32_t base, uint32_t flags)
{
    if (flags & INT_DMA)
        REG(DMA_DONE_INT_ACK) = DONE_LINE;
    REG(base + CC_IRQSTATUS) = flags & ~INT_DMA;
}

/* At the end of the frame, unless at once. */
void CameraCaptureStop(uint32_t base, bool immediate)
{
    change_bits(base + CC_CTRL, CC_CTRL_FRAME_TRIG, immediate ? 0 : CC_CTRL_FRAME_TRIG);
    clear_bits(base + CC_CTRL, CC_CTRL_EN);
}

void CameraCaptureStart(uint32_t base)
{
    clear_bits(base + CC_CTRL, CC_CTRL_MODE);
    set_bits(base + CC_CTRL, CC_CTRL_EN);
}

void CameraBufferRead(uint32_t base, uint32_t *buffer, uint8_t words)
{
    for (unsigned i = 0; i < words; i++)
        buffer[i] = REG(base + BUFFER + 4 * i);
}
