/* SPBTLE-RF on SPI3 (UM2153 table 4): a service that a central of the world may find. */
#include "guest.h"

enum { SPI3_BASE = 0x40003C00, GPIO_D = 0x48000C00, GPIO_E = 0x48001000, MODER = 0, IDR = 0x10, BSRR = 0x18 };
enum { CR1 = 0, CR2 = 4, SR = 8, DR = 0x0C, RXNE = 1, BSY = 0x80 };
enum { CS = 13, RESET = 8, IRQ = 6 };
enum { WRITE = 0x0A, READ = 0x0B, READY = 2, COMMAND = 1, EVENT = 4 };
enum { COMPLETE = 0x0E, LE_META = 0x3E, DISCONNECTED = 0x05, VENDOR = 0xFF };

static uint8_t event[160];

static void output(uint32_t port, unsigned pin, bool level)
{
    WORD(port + BSRR) = 1u << (level ? pin : pin + 16);
    WORD(port + MODER) = (WORD(port + MODER) & ~(3u << 2 * pin)) | 1u << 2 * pin;
}

static uint8_t exchange(uint8_t byte)
{
    BYTE(SPI3_BASE + DR) = byte;
    while (!(WORD(SPI3_BASE + SR) & RXNE))
        ;
    return BYTE(SPI3_BASE + DR);
}

static bool irq(void)
{
    return WORD(GPIO_E + IDR) >> IRQ & 1;
}

/* The header's answer; the chip select stays low. */
static void open_window(uint8_t operation, uint8_t *header)
{
    output(GPIO_D, CS, false);
    for (int i = 0; i < 5; i++)
        header[i] = exchange(i ? 0 : operation);
}

static void send(uint16_t opcode, const void *parameters, uint8_t length)
{
    uint8_t header[5];
    for (;;) {
        open_window(WRITE, header);
        if (header[0] == READY && header[1] >= length + 4)
            break;
        output(GPIO_D, CS, true);
    }
    const uint8_t head[] = {COMMAND, (uint8_t)opcode, (uint8_t)(opcode >> 8), length};
    for (unsigned i = 0; i < sizeof head; i++)
        exchange(head[i]);
    for (int i = 0; i < length; i++)
        exchange(((const uint8_t *)parameters)[i]);
    output(GPIO_D, CS, true);
}

/* The next event, within `limit` ms; its code, 0 without one. */
static uint8_t receive(uint32_t limit)
{
    uint8_t header[5];
    for (uint32_t start = board_ticks(); !irq();)
        if (board_ticks() - start > limit)
            return 0;
    open_window(READ, header);
    for (unsigned i = 0; i < header[3] && i < sizeof event; i++)
        event[i] = exchange(0);
    output(GPIO_D, CS, true);
    return event[1];
}

/* A command and its Command Complete; the status. */
static uint8_t command(uint16_t opcode, const void *parameters, uint8_t length)
{
    send(opcode, parameters, length);
    while (receive(100))
        if (event[1] == COMPLETE && (event[4] | event[5] << 8) == opcode)
            return event[6];
    return 0xFF;
}

static uint16_t vendor_event(void)
{
    return event[1] == VENDOR ? event[3] | event[4] << 8 : 0;
}

int main(void)
{
    board_start();
    clock_all();
    WORD(GPIO_C + MODER) = (WORD(GPIO_C + MODER) & ~(0x3Fu << 20)) | 0x2Au << 20;
    WORD(GPIO_C + 0x24) = (WORD(GPIO_C + 0x24) & ~(0xFFFu << 8)) | 0x666u << 8;
    WORD(GPIO_E + MODER) &= ~(3u << 2 * IRQ);
    output(GPIO_D, CS, true);
    output(GPIO_A, RESET, false);
    WORD(SPI3_BASE + CR2) = 7u << 8 | 1u << 12;
    WORD(SPI3_BASE + CR1) = 1u << 2 | 3u << 3 | 3u << 8;
    WORD(SPI3_BASE + CR1) |= 1u << 6;
    wait_ms(2);
    output(GPIO_A, RESET, true);
    expect("an event after reset (AN4494)", receive(100), VENDOR);
    expect("it is initialized (UM1865)", vendor_event(), 0x0001);
    expect("nothing more to read (AN4494)", irq(), 0);
    expect("HCI reset (Core 4.1)", command(0x0C03, 0, 0), 0);
    expect("GATT init (UM1865)", command(0xFD01, 0, 0), 0);
    const uint8_t role[] = {1, 0, 4};
    expect("GAP init (UM1865)", command(0xFC8A, role, 3), 0);
    expect("the GAP service has handle 5 (UM1865)", event[7] | event[8] << 8, 5);
    const uint8_t service[] = {1, 0x34, 0x12, 1, 6};
    expect("a service (UM1865)", command(0xFD02, service, sizeof service), 0);
    uint8_t handle = event[7];
    const uint8_t characteristic[] = {handle, 0, 1, 0x35, 0x12, 4, 0x1A, 0, 1, 7, 1};
    expect("a characteristic (UM1865)", command(0xFD04, characteristic, sizeof characteristic), 0);
    uint8_t declaration = event[7];
    expect("behind its service (UM1865)", declaration, handle + 1u);
    const uint8_t discoverable[] = {0, 0xA0, 0, 0xA0, 0, 0, 0, 4, 9, 'i', 'o', 't', 0, 0, 0, 0, 0};
    expect("advertising (UM1865)", command(0xFC83, discoverable, sizeof discoverable), 0);
    expect("not twice (UM1865)", command(0xFC83, discoverable, sizeof discoverable), 0x46);
    expect("an unknown command (Core 4.1)", (send(0x1234, 0, 0), receive(100)), 0x0F);
    if (receive(1500) == LE_META) {
        expect("a connection (Core 4.1)", event[3], 1);
        expect("as peripheral (Core 4.1)", event[7], 1);
        uint16_t connection = event[5] | event[6] << 8;
        for (bool over = false; !over && receive(5000);) {
            if (event[1] == DISCONNECTED) {
                over = true;
            } else if (vendor_event() == 0x0C01 && event[7] == declaration + 1u) {
                /* What the central writes comes back by notification, complemented. */
                uint8_t update[] = {handle, 0, declaration, 0, 0, 1, (uint8_t)~event[12]};
                expect("written by that connection", event[5] | event[6] << 8, connection);
                expect("a new value (UM1865)", command(0xFD06, update, sizeof update), 0);
            }
        }
        expect("the end (Core 4.1)", event[1], DISCONNECTED);
    }
    done();
}
