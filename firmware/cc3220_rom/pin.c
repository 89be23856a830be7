/* Pads: what each pin does, how it drives, and where it is held during low-power modes. */
#include "rom.h"

#define PAD_CONFIG (OCP_SHARED + 0xA0)
#define PAD_MODE 0xFu
#define PAD_TYPE 0x310u
#define PAD_STRENGTH 0xE0u
#define PAD_DIRECTION 0xC00u
#define GPIO_PAD_CMN_CONFIG (OCP_SHARED + 0x144)
#define CMN_HYSTERESIS 0x1Cu
/* The analogue switches of pads 2 to 5, the inputs of the converter. */
#define CMN_ANALOG 0x1E00u
#define CMN_ANALOG_SHIFT 7
#define SPARE_REG_5 (OCP_SHARED + 0x16C)
#define SPARE_REG_5_PARKED (3u << 24)
#define SPARE_REG_6 (OCP_SHARED + 0x18C)
#define SPARE_REG_7 (OCP_SHARED + 0x190)

#define STRENGTH_2MA 0x20u
#define STRENGTH_6MA 0x60u
#define TYPE_STANDARD 0u
#define TYPE_OPEN_DRAIN 0x10u
#define TYPE_OPEN_DRAIN_PULL_UP 0x110u
#define TYPE_ANALOG 0x10000000u
#define NO_PAD 255
#define HYSTERESIS_OFF 0u

/* Pad of each pin, from pin 1 on: pads are numbered as the GPIOs on them. */
static const uint8_t pad_of_pin[64] = {
    [0] = 10,  [1] = 11,  [2] = 12,  [3] = 13,  [4] = 14,  [5] = 15,  [6] = 16,  [7] = 17,
    [8] = NO_PAD, [9] = NO_PAD, [10] = 18, [11] = 19, [12] = 20, [13] = 21, [14] = 22, [15] = 23,
    [16] = 24, [17] = 40, [18] = 28, [19] = 29, [20] = 25, [21 ... 27] = NO_PAD,
    [28] = 26, [29] = 27, [30 ... 43] = NO_PAD, [44] = 31, [45 ... 48] = NO_PAD, [49] = 0,
    [50] = NO_PAD, [51] = 32, [52] = 30, [53] = NO_PAD, [54] = 1, [55] = NO_PAD, [56] = 2,
    [57] = 3, [58] = 4, [59] = 5, [60] = 6, [61] = 7, [62] = 8, [63] = 9,
};

static uint32_t register_of(uint32_t pin)
{
    return PAD_CONFIG + 4u * pad_of_pin[pin & 63];
}

void PinModeSet(uint32_t pin, uint32_t mode)
{
    change_bits(register_of(pin), PAD_MODE | PAD_DIRECTION, mode);
}

void PinDirModeSet(uint32_t pin, uint32_t direction)
{
    change_bits(register_of(pin), PAD_DIRECTION, direction);
}

uint32_t PinDirModeGet(uint32_t pin)
{
    return REG(register_of(pin)) & PAD_DIRECTION;
}

uint32_t PinModeGet(uint32_t pin)
{
    return REG(register_of(pin)) & PAD_MODE;
}

void PinConfigGet(uint32_t pin, uint32_t *strength, uint32_t *type)
{
    uint32_t config = REG(register_of(pin));
    *type = config & PAD_TYPE;
    *strength = config & PAD_STRENGTH;
}

void PinConfigSet(uint32_t pin, uint32_t strength, uint32_t type)
{
    uint32_t pad = pad_of_pin[pin & 63];
    uint32_t analog = pad < 25 ? (1u << (CMN_ANALOG_SHIFT + pad)) & CMN_ANALOG : 0;
    if (type == TYPE_ANALOG) {
        set_bits(GPIO_PAD_CMN_CONFIG, analog);
        REG(register_of(pin)) = PAD_DIRECTION;
    } else {
        clear_bits(GPIO_PAD_CMN_CONFIG, analog);
        change_bits(register_of(pin), PAD_STRENGTH | PAD_TYPE, strength | type);
    }
}

static void set_up(uint32_t pin, uint32_t mode, uint32_t strength, uint32_t type)
{
    PinModeSet(pin, mode);
    PinConfigSet(pin, strength, type);
}

void PinTypeUART(uint32_t pin, uint32_t mode)
{
    set_up(pin, mode, STRENGTH_2MA, TYPE_STANDARD);
}

void PinTypeI2C(uint32_t pin, uint32_t mode)
{
    set_up(pin, mode, STRENGTH_2MA, TYPE_OPEN_DRAIN_PULL_UP);
}

void PinTypeSPI(uint32_t pin, uint32_t mode)
{
    set_up(pin, mode, STRENGTH_6MA, TYPE_STANDARD);
}

void PinTypeI2S(uint32_t pin, uint32_t mode)
{
    set_up(pin, mode, STRENGTH_6MA, TYPE_STANDARD);
}

void PinTypeTimer(uint32_t pin, uint32_t mode)
{
    set_up(pin, mode, STRENGTH_6MA, TYPE_STANDARD);
}

void PinTypeCamera(uint32_t pin, uint32_t mode)
{
    set_up(pin, mode, STRENGTH_6MA, TYPE_STANDARD);
}

void PinTypeGPIO(uint32_t pin, uint32_t mode, bool open_drain)
{
    set_up(pin, mode, STRENGTH_2MA, open_drain ? TYPE_OPEN_DRAIN : TYPE_STANDARD);
}

void PinTypeADC(uint32_t pin, uint32_t mode)
{
    (void)mode;
    PinConfigSet(pin, STRENGTH_2MA, TYPE_ANALOG);
}

void PinTypeSDHost(uint32_t pin, uint32_t mode)
{
    set_up(pin, mode, STRENGTH_2MA, TYPE_STANDARD);
}

void PinHysteresisSet(uint32_t hysteresis)
{
    change_bits(GPIO_PAD_CMN_CONFIG, CMN_HYSTERESIS,
                hysteresis == HYSTERESIS_OFF ? 0 : hysteresis & CMN_HYSTERESIS);
}

void PinLockLevelSet(uint32_t pin, uint8_t level)
{
    uint32_t pad = pad_of_pin[pin & 63];
    if (pad < 32)
        change_bits(SPARE_REG_6, 1u << pad, level ? 1u << pad : 0);
}

void PinLock(uint32_t output_enable)
{
    REG(SPARE_REG_7) = ~output_enable;
    set_bits(SPARE_REG_5, SPARE_REG_5_PARKED);
}

void PinUnlock(void)
{
    clear_bits(SPARE_REG_5, SPARE_REG_5_PARKED);
}
