/* Power, reset and clocks: ARCM, GPRCM, and the always-on HIB domain with its slow clock counter. */
#include "rom.h"

#define CAMERA_CLK_GEN (ARCM + 0x00)
#define MMCHS_CLK_GEN (ARCM + 0x20)
#define MCASP_FRAC_CLK_CONFIG0 (ARCM + 0xB0)
#define APPS_LPDS_REQ (ARCM + 0xE4)
#define APPS_RCM_INTERRUPT_STATUS (ARCM + 0x120)
#define APPS_RCM_INTERRUPT_ENABLE (ARCM + 0x124)
#define RCM_INTERRUPT_SLOW_CLOCK (1u << 2)
#define SOFT_RESET (1u << 0)
#define ENABLED (1u << 1)

#define APPS_SOFT_RESET (GPRCM + 0x00)
#define APPS_LPDS_WAKEUP_CFG (GPRCM + 0x04)
#define APPS_LPDS_WAKEUP_SRC (GPRCM + 0x08)
#define APPS_RESET_CAUSE (GPRCM + 0x0C)
#define APPS_LPDS_WAKETIME_OPP_CFG (GPRCM + 0x10)
#define APPS_SRAM_LPDS_CFG (GPRCM + 0x1C)
#define APPS_LPDS_WAKETIME_WAKE_CFG (GPRCM + 0x20)
#define APPS_GPIO_WAKE_CONF (GPRCM + 0x110)
#define GPRCM_EFUSE_READ_REG0 (GPRCM + 0xC78)
#define GPRCM_EFUSE_READ_REG1 (GPRCM + 0xC7C)
#define GPRCM_EFUSE_READ_REG2 (GPRCM + 0xC80)
#define GPRCM_DIEID_READ_REG4 (GPRCM + 0xCD0)
#define DIEID_GENERATION_3 (1u << 25)

#define GPIO_PAD_CMN_CONFIG (OCP_SHARED + 0x144)
#define ALT_PC_VAL_NW (OCP_SHARED + 0x160)
#define SPARE_REG_4 (OCP_SHARED + 0x168)
#define SPARE_REG_5 (OCP_SHARED + 0x16C)
#define CC3XX_DEV_PADCONF (OCP_SHARED + 0x184)
#define SPARE_REG_8 (OCP_SHARED + 0x188)
#define APPS_WLAN_SCRATCH_PAD (OCP_SHARED + 0x198)

#define BGAP_DUTY_CYCLING_EXIT_CFG (HIB1P2 + 0xC0)
#define SOP_SENSE_VALUE (HIB1P2 + 0xC8)
#define HIB_RTC_TIMER_LSW_1P2 (HIB1P2 + 0xCC)
#define HIB_RTC_TIMER_MSW_1P2 (HIB1P2 + 0xD0)

#define MEM_HIB_REQ (HIB3P3 + 0x00)
#define MEM_HIB_RTC_TIMER_ENABLE (HIB3P3 + 0x04)
#define MEM_HIB_RTC_TIMER_READ (HIB3P3 + 0x0C)
#define MEM_HIB_RTC_TIMER_LSW (HIB3P3 + 0x10)
#define MEM_HIB_RTC_WAKE_EN (HIB3P3 + 0x18)
#define MEM_HIB_RTC_WAKE_LSW_CONF (HIB3P3 + 0x1C)
#define MEM_HIB_DETECTION_STATUS (HIB3P3 + 0x40)
#define MEM_HIB_RTC_IRQ_ENABLE (HIB3P3 + 0x54)
#define MEM_HIB_RTC_IRQ_LSW_CONF (HIB3P3 + 0x58)
#define MEM_GPIO_WAKE_EN (HIB3P3 + 0x404)
#define MEM_GPIO_WAKE_CONF (HIB3P3 + 0x408)
#define MEM_PAD_OEN_RET33_CONF (HIB3P3 + 0x40C)
#define MEM_JTAG_CONF (HIB3P3 + 0x414)
#define MEM_HIB_REG0 (HIB3P3 + 0x418)
#define MEM_HIB_REG2 (HIB3P3 + 0x420)
#define MEM_HIB_REG3 (HIB3P3 + 0x424)
#define MEM_HIB_WAKE_STATUS (HIB3P3 + 0x468)
#define MEM_HIB_LPDS_GPIO_SEL (HIB3P3 + 0x46C)
#define HIBANA_SPARE_LOWV (HIB3P3 + 0x474)

#define PLL_HZ 240000000u
#define SYSTEM_HZ 80000000u
#define CRYSTAL_HZ 40000000u
#define LINK_HZ 30000000u

#define PERIPHERAL_CAMERA 0
#define PERIPHERAL_SDHOST 2
#define PERIPHERAL_GSPI 3
#define PERIPHERAL_LSPI 4
#define PERIPHERAL_UDMA 5
#define PERIPHERAL_CRYPTO 18
#define PERIPHERAL_SSPI 19
#define PERIPHERALS 21
#define RUN_CLOCK 1u

#define CAUSE_POWER_ON 0
#define CAUSE_LPDS_EXIT 1
#define CAUSE_WDT 5
#define CAUSE_HIB_EXIT 7

/* SPARE_REG_8, where the boot code leaves word for the application. */
#define BOOT_WAKE_CAUSE_SHIFT 2
#define BOOT_LPDS_LOST (1u << 8)
#define BOOT_WATCHDOG 0x280u
#define BOOT_WATCHDOG_SEEN (1u << 9)
#define BOOT_OCR_SHIFTED (1u << 7)
#define BOOT_KNOWN ((7u << 5) | 1u)

#define SRAM_COLUMNS 0xFu
#define SRAM_KEEP_IN_LPDS 2u
#define SLOW_CLOCK_INTERRUPT 0x4000u
#define HIBERNATE_CYCLE_TICKS 160
#define LPDS_MIN_TICKS 21
#define LPDS_LEAD_TICKS 20

/* The clock gate of each peripheral, by its number in the library. Its reset is the next word. */
static const uint8_t gates[PERIPHERALS] = {
    0x04, 0x14, 0x24, 0x30, 0x40, 0x48, 0x50, 0x58, 0x60, 0x68, 0x70,
    0x78, 0x80, 0x88, 0x90, 0x98, 0xA0, 0xA8, 0xB8, 0xC8, 0xD8,
};

static uint32_t gate_of(uint32_t peripheral)
{
    return ARCM + gates[peripheral];
}

static uint32_t reset_of(uint32_t peripheral)
{
    return gate_of(peripheral) + 4;
}

/* The HIB domain runs from the slow clock: each access takes six of its periods. */
static void hib_settle(void)
{
    UtilsDelay(200 * CYCLES_PER_US / LOOP_CYCLES);
}

uint32_t PRCMHIBRegRead(uint32_t address)
{
    uint32_t value = REG(address);
    hib_settle();
    return value;
}

void PRCMHIBRegWrite(uint32_t address, uint32_t value)
{
    REG(address) = value;
    hib_settle();
}

static void hib_change(uint32_t address, uint32_t mask, uint32_t value)
{
    PRCMHIBRegWrite(address, (PRCMHIBRegRead(address) & ~mask) | value);
}

static void hib_write_pair(uint32_t low_address, uint64_t value)
{
    PRCMHIBRegWrite(low_address, (uint32_t)value);
    PRCMHIBRegWrite(low_address + 4, (uint32_t)(value >> 32));
}

static uint64_t hib_read_pair(uint32_t low_address)
{
    uint64_t high = PRCMHIBRegRead(low_address + 4);
    return high << 32 | PRCMHIBRegRead(low_address);
}

static bool rom_has(uint32_t major)
{
    return (ROM_VERSION & 0xFFFF) >= major;
}

__attribute__((noreturn)) static void sleep_for_good(void)
{
    for (;;)
        __asm volatile("wfi");
}

void PRCMMCUReset(bool with_subsystem)
{
    REG(APPS_SOFT_RESET) = with_subsystem ? 2 : 1;
    sleep_for_good();
}

uint32_t PRCMSysResetCauseGet(void)
{
    uint32_t cause = REG(APPS_RESET_CAUSE) & 0xFF;
    if (cause == CAUSE_POWER_ON && PRCMHIBRegRead(MEM_HIB_WAKE_STATUS) & 1) {
        /* The watchdog takes the chip through a short hibernation. */
        uint32_t notes = REG(SPARE_REG_8) & BOOT_WATCHDOG;
        return notes == BOOT_WATCHDOG ? CAUSE_WDT : CAUSE_HIB_EXIT;
    }
    if (cause == CAUSE_LPDS_EXIT && !(REG(GPRCM_EFUSE_READ_REG1) & 4) &&
        REG(SPARE_REG_8) & BOOT_LPDS_LOST)
        return CAUSE_POWER_ON;
    return cause;
}

void PRCMPeripheralClkEnable(uint32_t peripheral, uint32_t clocks)
{
    /* The converter has no gate. */
    if (peripheral < PERIPHERALS)
        set_bits(gate_of(peripheral), clocks);
}

void PRCMPeripheralClkDisable(uint32_t peripheral, uint32_t clocks)
{
    if (peripheral < PERIPHERALS)
        clear_bits(gate_of(peripheral), clocks);
}

void PRCMPeripheralReset(uint32_t peripheral)
{
    if (peripheral >= PERIPHERALS || peripheral == PERIPHERAL_CRYPTO)
        return;
    set_bits(reset_of(peripheral), SOFT_RESET);
    UtilsDelay(16);
    clear_bits(reset_of(peripheral), SOFT_RESET);
}

bool PRCMPeripheralStatusGet(uint32_t peripheral)
{
    return peripheral >= PERIPHERALS || (REG(reset_of(peripheral)) & ENABLED) != 0;
}

void PRCMI2SClockFreqSet(uint32_t frequency)
{
    /* Divider of the PLL: ten bits, and sixteen of fraction. */
    uint64_t divider = ((uint64_t)PLL_HZ << 16) / frequency;
    REG(MCASP_FRAC_CLK_CONFIG0) = (uint32_t)divider & 0x03FFFFFF;
}

static uint32_t divided(uint32_t generator)
{
    uint32_t high = REG(generator) >> 8 & 7, low = REG(generator) & 0xFF;
    return PLL_HZ / (high + low + 2);
}

uint32_t PRCMPeripheralClockGet(uint32_t peripheral)
{
    switch (peripheral) {
    case PERIPHERAL_GSPI:
    case PERIPHERAL_SSPI:
        return CRYSTAL_HZ;
    case PERIPHERAL_LSPI:
        return REG(GPRCM_DIEID_READ_REG4) & DIEID_GENERATION_3 ? LINK_HZ : CRYSTAL_HZ;
    case PERIPHERAL_CAMERA:
        return divided(CAMERA_CLK_GEN);
    case PERIPHERAL_SDHOST:
        return divided(MMCHS_CLK_GEN);
    default:
        return SYSTEM_HZ;
    }
}

void PRCMSleepEnter(void)
{
    __asm volatile("wfi");
}

void PRCMSRAMRetentionEnable(uint32_t columns, uint32_t flags)
{
    if (flags & SRAM_KEEP_IN_LPDS)
        REG(APPS_SRAM_LPDS_CFG) = columns & SRAM_COLUMNS;
}

void PRCMSRAMRetentionDisable(uint32_t columns, uint32_t flags)
{
    if (flags & SRAM_KEEP_IN_LPDS)
        clear_bits(APPS_SRAM_LPDS_CFG, columns & SRAM_COLUMNS);
}

/* The boot code resumes with this stack at this address. */
void PRCMLPDSRestoreInfoSet(uint32_t stack, uint32_t entry)
{
    REG(ALT_PC_VAL_NW) = stack;
    REG(APPS_WLAN_SCRATCH_PAD) = entry;
}

void FlashDisable(void);

void PRCMLPDSEnterKeepDebugIf(void)
{
    /* Only the parts with flash on their own die have something to turn off: xxx1 and xxx9. */
    uint32_t device = REG(GPRCM_EFUSE_READ_REG2) >> 16 & 0x17;
    if (device == 0x11)
        FlashDisable();
    REG(BGAP_DUTY_CYCLING_EXIT_CFG) = 1;
    REG(APPS_LPDS_REQ) = 1;
    sleep_for_good();
}

void PRCMLPDSEnter(void)
{
    set_bits(SPARE_REG_4, 1u << 9);
    PRCMLPDSEnterKeepDebugIf();
}

void PRCMLPDSIntervalSet(uint32_t ticks)
{
    if (ticks < LPDS_MIN_TICKS)
        ticks = LPDS_MIN_TICKS;
    REG(APPS_LPDS_WAKETIME_WAKE_CFG) = ticks;
    REG(APPS_LPDS_WAKETIME_OPP_CFG) = ticks - LPDS_LEAD_TICKS;
}

void PRCMLPDSWakeupSourceEnable(uint32_t sources)
{
    REG(APPS_LPDS_WAKEUP_CFG) = (REG(APPS_LPDS_WAKEUP_CFG) | sources) & 0x91;
}

void PRCMLPDSWakeupSourceDisable(uint32_t sources)
{
    clear_bits(APPS_LPDS_WAKEUP_CFG, sources);
}

uint32_t PRCMLPDSWakeupCauseGet(void)
{
    return REG(APPS_LPDS_WAKEUP_SRC);
}

void PRCMLPDSWakeUpGPIOSelect(uint32_t pin, uint32_t type)
{
    PRCMHIBRegWrite(MEM_HIB_LPDS_GPIO_SEL, pin);
    REG(APPS_GPIO_WAKE_CONF) = type & 3;
}

void PRCMHibernateEnter(void)
{
    PRCMHIBRegWrite(MEM_HIB_REQ, 1);
    sleep_for_good();
}

/* Bit 0 of the sources is the slow clock counter, bits 23:16 are pins. */
void PRCMHibernateWakeupSourceEnable(uint32_t sources)
{
    hib_change(MEM_HIB_RTC_WAKE_EN, 0, sources & 1);
    hib_change(MEM_GPIO_WAKE_EN, 0, sources >> 16 & 0xFF);
}

void PRCMHibernateWakeupSourceDisable(uint32_t sources)
{
    hib_change(MEM_HIB_RTC_WAKE_EN, sources & 1, 0);
    hib_change(MEM_GPIO_WAKE_EN, sources >> 16 & 0xFF, 0);
}

uint32_t PRCMHibernateWakeupCauseGet(void)
{
    return rom_has(2) ? REG(SPARE_REG_8) >> BOOT_WAKE_CAUSE_SHIFT & 7 : 0;
}

void PRCMHibernateWakeUpGPIOSelect(uint32_t pins, uint32_t type)
{
    for (unsigned pin = 0; pin < 7; pin++)
        if (pins >> (16 + pin) & 1)
            hib_change(MEM_GPIO_WAKE_CONF, 3u << 2 * pin, type << 2 * pin);
}

uint64_t PRCMSlowClkCtrGet(void)
{
    PRCMHIBRegWrite(MEM_HIB_RTC_TIMER_READ, 1);
    return hib_read_pair(MEM_HIB_RTC_TIMER_LSW);
}

uint64_t PRCMSlowClkCtrFastGet(void)
{
    uint64_t high = REG(HIB_RTC_TIMER_MSW_1P2);
    return high << 32 | REG(HIB_RTC_TIMER_LSW_1P2);
}

void PRCMHibernateIntervalSet(uint64_t ticks)
{
    hib_write_pair(MEM_HIB_RTC_WAKE_LSW_CONF, PRCMSlowClkCtrGet() + ticks);
}

void PRCMHibernateCycleTrigger(void)
{
    PRCMHibernateWakeupSourceEnable(1);
    PRCMHibernateIntervalSet(HIBERNATE_CYCLE_TICKS);
    PRCMHibernateEnter();
}

void PRCMSlowClkCtrMatchSet(uint64_t ticks)
{
    hib_write_pair(MEM_HIB_RTC_IRQ_LSW_CONF, ticks);
}

uint64_t PRCMSlowClkCtrMatchGet(void)
{
    return hib_read_pair(MEM_HIB_RTC_IRQ_LSW_CONF);
}

/* Two words outlive hibernation. The boot code keeps bit 0 of the first for itself. */
static bool first_is_shifted(uint8_t index)
{
    return index == 0 && REG(SPARE_REG_8) & BOOT_OCR_SHIFTED;
}

void PRCMOCRRegisterWrite(uint8_t index, uint32_t value)
{
    uint32_t address = MEM_HIB_REG2 + 4u * index;
    if (first_is_shifted(index))
        value = value << 1 | (PRCMHIBRegRead(address) & 1);
    PRCMHIBRegWrite(address, value);
}

uint32_t PRCMOCRRegisterRead(uint8_t index)
{
    uint32_t value = PRCMHIBRegRead(MEM_HIB_REG2 + 4u * index);
    return first_is_shifted(index) ? value >> 1 : value;
}

void PRCMIntRegister(handler *function)
{
    hook_interrupt(INT_PRCM, function);
}

void PRCMIntUnregister(void)
{
    unhook_interrupt(INT_PRCM);
}

void PRCMIntEnable(uint32_t flags)
{
    if (flags & SLOW_CLOCK_INTERRUPT) {
        set_bits(APPS_RCM_INTERRUPT_ENABLE, RCM_INTERRUPT_SLOW_CLOCK);
        hib_change(MEM_HIB_RTC_IRQ_ENABLE, 0, 1);
    }
}

void PRCMIntDisable(uint32_t flags)
{
    if (flags & SLOW_CLOCK_INTERRUPT) {
        clear_bits(APPS_RCM_INTERRUPT_ENABLE, RCM_INTERRUPT_SLOW_CLOCK);
        hib_change(MEM_HIB_RTC_IRQ_ENABLE, 1, 0);
    }
}

uint32_t PRCMIntStatus(void)
{
    return REG(APPS_RCM_INTERRUPT_STATUS);
}

/* The calendar is an offset to the slow clock counter in 1/1024 s: seconds in HIB_REG3, the rest in
 * the upper half of HIB_REG2, whose top bit says that the calendar is in use. */
#define CALENDAR_USED 0x8000u
#define CALENDAR_FRACTION 0x3FFu
#define TICKS_PER_FRACTION_SHIFT 5

static uint16_t calendar_half(void)
{
    uint16_t value = REG16(MEM_HIB_REG2 + 2);
    hib_settle();
    return value;
}

static uint64_t calendar_time(uint32_t seconds, uint32_t fraction)
{
    return (uint64_t)seconds << 10 | (fraction & CALENDAR_FRACTION);
}

static uint64_t calendar_offset(void)
{
    uint32_t seconds = PRCMHIBRegRead(MEM_HIB_REG3);
    return calendar_time(seconds, calendar_half());
}

static void calendar_split(uint64_t time, uint32_t *seconds, uint16_t *fraction)
{
    *seconds = (uint32_t)(time >> 10);
    *fraction = time & CALENDAR_FRACTION;
}

void PRCMRTCInUseSet(void)
{
    REG16(MEM_HIB_REG2 + 2) = calendar_half() | CALENDAR_USED;
}

bool PRCMRTCInUseGet(void)
{
    return (calendar_half() & CALENDAR_USED) != 0;
}

void PRCMRTCSet(uint32_t seconds, uint16_t fraction)
{
    uint64_t offset;
    if (!PRCMRTCInUseGet())
        return;
    offset = calendar_time(seconds, fraction) - (PRCMSlowClkCtrGet() >> TICKS_PER_FRACTION_SHIFT);
    PRCMHIBRegWrite(MEM_HIB_REG3, (uint32_t)(offset >> 10));
    REG16(MEM_HIB_REG2 + 2) =
        (calendar_half() & ~CALENDAR_FRACTION) | (offset & CALENDAR_FRACTION);
}

void PRCMRTCGet(uint32_t *seconds, uint16_t *fraction)
{
    uint64_t time = 0;
    if (PRCMRTCInUseGet())
        time = calendar_offset() + (PRCMSlowClkCtrGet() >> TICKS_PER_FRACTION_SHIFT);
    calendar_split(time, seconds, fraction);
}

void PRCMRTCMatchSet(uint32_t seconds, uint16_t fraction)
{
    uint64_t ticks;
    if (!PRCMRTCInUseGet())
        return;
    ticks = (calendar_time(seconds, fraction) - calendar_offset()) << TICKS_PER_FRACTION_SHIFT;
    PRCMSlowClkCtrMatchSet(ticks & 0xFFFFFFFFFFFFull);
}

void PRCMRTCMatchGet(uint32_t *seconds, uint16_t *fraction)
{
    uint64_t time = 0;
    if (PRCMRTCInUseGet())
        time = (PRCMSlowClkCtrMatchGet() >> TICKS_PER_FRACTION_SHIFT) + calendar_offset();
    calendar_split(time, seconds, fraction);
}

uint32_t PinModeGet(uint32_t pin);
void PinModeSet(uint32_t pin, uint32_t mode);

/* What an application does first. Pins that the boot code left to the debug port or the boot
 * console become GPIOs; the trims of the converters get the values for this revision. */
void PRCMCC3200MCUInit(void)
{
    /* Pin and the mode that the boot code leaves it in. */
    static const uint8_t boot_pins[][2] = {{54, 3}, {56, 3}, {0, 1}, {1, 1}};
    uint32_t device, cause = PRCMSysResetCauseGet();
    bool preregulated;
    if (cause == CAUSE_LPDS_EXIT) {
        change_bits(COMMON_REG + 0x00, 3, 1);
        change_bits(COMMON_REG + 0x3C, 0x3FF, 0x155);
        return;
    }
    set_bits(HIB1P2 + 0x64, 0x00800000);
    hib_change(MEM_HIB_REG0, 0, 1u << 4);
    set_bits(SPARE_REG_5, 0x3C);
    PRCMPeripheralClkEnable(PERIPHERAL_UDMA, RUN_CLOCK);
    PRCMPeripheralReset(PERIPHERAL_UDMA);
    PRCMPeripheralClkDisable(PERIPHERAL_UDMA, RUN_CLOCK);
    if (cause == CAUSE_POWER_ON)
        PRCMHIBRegWrite(MEM_HIB_RTC_TIMER_ENABLE, 1);
    if ((REG(SOP_SENSE_VALUE) & 0xFF) == 2) {
        /* Serial wire debug: its two pads. */
        change_bits(OCP_SHARED + 0x110, 0xC0F, 2);
        change_bits(OCP_SHARED + 0x114, 0xC0F, 2);
    }
    set_bits(CC3XX_DEV_PADCONF, 2);
    for (unsigned i = 0; i < sizeof boot_pins / sizeof *boot_pins; i++)
        if (PinModeGet(boot_pins[i][0]) == boot_pins[i][1])
            PinModeSet(boot_pins[i][0], 0);
    change_bits(HIB1P2 + 0xB0, 0x3Fu << 18,
                ((REG(GPRCM_EFUSE_READ_REG0) >> 22 & 0xF) == 0xE ? 0x32u : 0x29u) << 18);
    clear_bits(HIBANA_SPARE_LOWV, 1u << 28);
    if (!rom_has(2)) {
        set_bits(HIB1P2 + 0xA8, 4);
    } else if (ROM_VERSION >> 16 >= 1) {
        set_bits(SPARE_REG_8, BOOT_KNOWN);
        if (REG(MEM_HIB_REG2) & 1) {
            clear_bits(MEM_HIB_REG2, 1);
            set_bits(SPARE_REG_8, BOOT_WATCHDOG_SEEN);
            clear_bits(MEM_HIB_RTC_WAKE_EN, 1);
            hib_write_pair(MEM_HIB_RTC_WAKE_LSW_CONF, 0);
        }
    }
    preregulated = REG(MEM_HIB_DETECTION_STATUS) >> 6 & 1;
    device = REG(GPRCM_EFUSE_READ_REG2) >> 24;
    clear_bits(HIB1P2 + 0x28, 0x80);
    if (!preregulated && device <= 0x30) {
        change_bits(HIB1P2 + 0x24, 0x18F0F, 0x10501);
        change_bits(HIB1P2 + 0x28, 0xF0FF0000, 0x00330000);
    }
    change_bits(HIB1P2 + 0x10, 0xF0000000, preregulated ? 0x10000000 : 0);
}

uint32_t PRCMCameraFreqSet(uint8_t divider, uint8_t width)
{
    if (divider <= width || !width)
        return 1;
    REG(CAMERA_CLK_GEN) = (((width & 7u) - 1) & 7) << 8 | ((divider - width - 1u) & 7);
    return 0;
}

/* Where the bits are that hold the four groups of pins. */
static const struct {
    uint32_t address;
    uint32_t bits;
} retentions[] = {
    {MEM_PAD_OEN_RET33_CONF, 0x5},
    {MEM_HIB_REG0, 0x60},
    {MEM_JTAG_CONF, 0x101},
    {MEM_JTAG_CONF, 0x204},
};

static void change_retention(uint32_t groups, bool enable)
{
    for (unsigned i = 0; i < sizeof retentions / sizeof *retentions; i++)
        if (groups >> i & 1)
            hib_change(retentions[i].address, retentions[i].bits,
                       enable ? retentions[i].bits : 0);
}

void PRCMIORetentionEnable(uint32_t groups)
{
    change_bits(GPIO_PAD_CMN_CONFIG, 0x23, 0x1D00);
    change_retention(groups, true);
}

void PRCMIORetentionDisable(uint32_t groups)
{
    change_bits(GPIO_PAD_CMN_CONFIG, 0x1D00, 0x23);
    change_retention(groups, false);
}

uint32_t PRCMDeviceTypeGet(void)
{
    /* R, F and Z, secure and production or not, by the low bits of the device's number. */
    static const uint8_t kinds[16] = {[0x0] = 0x01, [0x1] = 0x12, [0x3] = 0x14,
                                      [0x8] = 0x09, [0x9] = 0x0A, [0xB] = 0x1C};
    uint32_t fuses = REG(GPRCM_EFUSE_READ_REG2);
    uint32_t major = fuses >> 28, minor = fuses >> 24 & 0xF;
    uint32_t kind = kinds[fuses >> 16 & 0xF];
    bool no_flash = (kind & 0x04) != 0;
    if (!kind)
        return 0;
    if (major == 3)
        return kind | 0x40;
    if (major == 2) {
        kind |= 0x50;
        if (no_flash)
            return kind | (minor == 0 ? 0x10000 : 0x20000);
        return minor == 1 ? kind | 0x10000 : kind;
    }
    if (minor == 4)
        return kind | (no_flash ? 0x50 : 0x20);
    return kind | 0x30;
}
