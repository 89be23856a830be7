/* The probe's driver for the Inventek ISM43362 on SPI3: AT commands framed by chip select (PE0) and
 * the module's data-ready line (PE1); reset on PE8. Inventek eS-WiFi data sheet, SPI pages. */
#include "../net.h"
#include "../board.h"
#include "stm32l4.h"

#define NSS 0
#define READY 1
#define RESET 8
#define PAD 0x15
#define COMMAND_TIMEOUT 30000
/* Credential set of the module that the world file provisions with its CA. */
#define CREDENTIALS "3"

const int net_sockets = 4;

static uint8_t reply[1500];
static unsigned reply_size;
static enum { FREE, OPEN, SERVING } state[4];

static void pin(int number, int high)
{
    GPIO_BSRR(GPIOE) = high ? 1u << number : 0x10000u << number;
}

static int ready(void)
{
    return (GPIO_IDR(GPIOE) >> READY) & 1;
}

static void pause(uint32_t duration)
{
    uint32_t start = board_ticks();
    while (board_ticks() - start < duration)
        board_wait(start);
}

/* About `count` microseconds at 80 MHz. */
static void settle(unsigned count)
{
    for (volatile unsigned i = count * 10; i; i--)
        ;
}

static int wait_ready(int level)
{
    uint32_t start = board_ticks();
    while (ready() != level) {
        if (board_ticks() - start > COMMAND_TIMEOUT)
            return -1;
        board_wait(start);
    }
    return 0;
}

static uint16_t exchange(uint16_t word)
{
    while (!(SPI3_SR & SPI_SR_TXE))
        ;
    SPI3_DR = word;
    while (!(SPI3_SR & SPI_SR_RXNE))
        ;
    return SPI3_DR;
}

/* Reads while the module has something to say. A module that says more than any reply has is stuck;
 * the reply is empty then. Padding before the reply is left out as that behind it. */
static void read_reply(void)
{
    reply_size = 0;
    pin(NSS, 0);
    settle(15);
    for (unsigned count = 0; ready(); count += 2) {
        uint16_t word = exchange(0x0A0A);
        if (count + 2 >= sizeof reply) {
            reply_size = 0;
            break;
        }
        for (unsigned i = 0; i < 2; i++, word >>= 8)
            if (reply_size || (uint8_t)word != PAD)
                reply[reply_size++] = (uint8_t)word;
    }
    pin(NSS, 1);
    while (reply_size && reply[reply_size - 1] == PAD)
        reply_size--;
    reply[reply_size] = 0;
}

static int ends_well(void)
{
    static const char tail[] = "\r\nOK\r\n> ";
    const unsigned length = sizeof tail - 1;
    return reply_size >= length && !memcmp(reply + reply_size - length, tail, length);
}

/* One exchange: `text` ends with \r; `data` follows it in the same chip-select window. */
static int command(const char *text, const void *data, unsigned size)
{
    const uint8_t *payload = data;
    const unsigned length = (unsigned)strlen(text), total = length + size;
    if (wait_ready(1) < 0)
        return -1;
    pin(NSS, 0);
    settle(15);
    for (unsigned i = 0; i < total; i += 2) {
        uint8_t low = i < length ? (uint8_t)text[i] : payload[i - length];
        uint8_t high = i + 1 < length ? (uint8_t)text[i + 1]
                       : i + 1 < total ? payload[i + 1 - length] : '\n';
        exchange((uint16_t)(low | high << 8));
    }
    pin(NSS, 1);
    settle(3);
    if (wait_ready(1) < 0)
        return -1;
    read_reply();
    return ends_well() ? 0 : -1;
}

static int command_number(const char *prefix, unsigned number)
{
    char text[24] = "";
    append(text, sizeof text, prefix);
    append_number(text, sizeof text, number);
    append(text, sizeof text, "\r");
    return command(text, 0, 0);
}

static int command_text(const char *prefix, const char *value)
{
    char text[96] = "";
    append(text, sizeof text, prefix);
    append(text, sizeof text, value);
    append(text, sizeof text, "\r");
    return command(text, 0, 0);
}

/* Copies the reply's line up to `stop`, after skipping `commas` fields. */
static void field(char *to, unsigned size, unsigned commas, char stop)
{
    const char *from = (const char *)reply + 2;
    unsigned length = 0;
    while (commas && *from)
        if (*from++ == ',')
            commas--;
    while (*from && *from != stop && *from != '\r' && length + 1 < size)
        to[length++] = *from++;
    to[length] = 0;
}

int net_start(char *identity, unsigned size)
{
    GPIO_MODER(GPIOE) = (GPIO_MODER(GPIOE) & ~(3u | 3u << 2 | 3u << 16)) | 1u | 1u << 16;
    GPIO_MODER(GPIOC) = (GPIO_MODER(GPIOC) & ~(0x3Fu << 20)) | 0x2Au << 20;
    GPIO_AFRH(GPIOC) = (GPIO_AFRH(GPIOC) & ~(0xFFFu << 8)) | 0x666u << 8;
    SPI3_CR2 = SPI_CR2_DS_16BIT;
    SPI3_CR1 = SPI_CR1_MSTR | SPI_CR1_BR_DIV8 | SPI_CR1_SSI | SPI_CR1_SSM;
    SPI3_CR1 |= SPI_CR1_SPE;
    pin(NSS, 1);
    pin(RESET, 0);
    pause(10);
    pin(RESET, 1);
    if (wait_ready(1) < 0)
        return -1;
    read_reply();
    if (command("I?\r", 0, 0) < 0)
        return -1;
    field(identity, size, 0, '\r');
    return 0;
}

int net_join(const char *ssid, const char *passphrase, char *address, unsigned size)
{
    if (command_text("C1=", ssid) < 0 || command_text("C2=", passphrase) < 0 ||
        command_number("C3=", 3) < 0 || command("C0\r", 0, 0) < 0 || command("C?\r", 0, 0) < 0)
        return -1;
    field(address, size, 5, ',');
    return 0;
}

int net_resolve(const char *name, uint8_t address[4])
{
    const char *digit;
    if (command_text("D0=", name) < 0)
        return -1;
    digit = (const char *)reply + 2;
    for (int i = 0; i < 4; i++, digit++) {
        unsigned octet = 0;
        for (; *digit >= '0' && *digit <= '9'; digit++)
            octet = octet * 10 + (unsigned)(*digit - '0');
        address[i] = (uint8_t)octet;
    }
    return 0;
}

/* The module's commands have no ALPN. */
int net_offer_http(int offered)
{
    return offered ? -1 : 0;
}

int net_open(enum net_kind kind, const uint8_t address[4], uint16_t port)
{
    static const uint8_t protocols[] = {
        [NET_TCP] = 0, [NET_UDP] = 1, [NET_TLS] = 3, [NET_MUTUAL_TLS] = 3};
    char dotted[16] = "";
    unsigned handle = 0;
    while (handle < 4 && state[handle] != FREE)
        handle++;
    if (handle == 4)
        return -1;
    append_address(dotted, sizeof dotted, address);
    if (protocols[kind] == 3 && command("PF=0," CREDENTIALS "\r", 0, 0) < 0)
        return -1;
    if (command_number("P0=", handle) < 0 || command_number("P1=", protocols[kind]) < 0 ||
        command_number("P2=", 0) < 0 || command_text("P3=", dotted) < 0 ||
        command_number("P4=", port) < 0)
        return -1;
    /* What verifies the server on every version of the module shows the certificate, too. */
    if (protocols[kind] == 3 && command_number("P9=", 2) < 0)
        return -1;
    if (command_number("P6=", 1) < 0)
        return -1;
    state[handle] = OPEN;
    return (int)handle;
}

int net_send(int handle, const void *data, unsigned size)
{
    char text[12] = "S3=";
    if (command_number("P0=", (unsigned)handle) < 0 || command_number("S2=", 5000) < 0)
        return -1;
    for (unsigned unit = 1000; unit; unit /= 10)
        append_number(text, sizeof text, size / unit % 10);
    append(text, sizeof text, "\r");
    if (command(text, data, size) < 0 || reply[2] == '-')
        return -1;
    return (int)size;
}

/* What stands before "\r\nOK\r\n> " in the reply, at most `size` bytes of it. */
static unsigned take_payload(void *data, unsigned size)
{
    unsigned length = reply_size - 10;
    if (length > size)
        length = size;
    memcpy(data, reply + 2, length);
    return length;
}

int net_receive(int handle, void *data, unsigned size, unsigned timeout)
{
    uint32_t start = board_ticks();
    if (command_number("P0=", (unsigned)handle) < 0 || command_number("R1=", size) < 0 ||
        command_number("R2=", 10) < 0)
        return -1;
    do {
        if (command("R0\r", 0, 0) < 0)
            return -1;
        if (reply_size > 10)
            return (int)take_payload(data, size);
    } while (board_ticks() - start < timeout);
    return 0;
}

int net_listen(uint16_t port)
{
    unsigned handle = 0;
    while (handle < 4 && state[handle] != FREE)
        handle++;
    if (handle == 4 || command_number("P0=", handle) < 0 || command_number("P1=", 0) < 0 ||
        command_number("P2=", port) < 0 || command_number("P5=", 1) < 0)
        return -1;
    state[handle] = SERVING;
    return (int)handle;
}

/* The module serves one client at a time, by the server's own socket. */
int net_accept(int handle, unsigned timeout)
{
    static const char accepted[] = "\r\n[SOMA][TCP SVR] Accepted ";
    uint32_t start = board_ticks();
    do {
        if (command("MR\r", 0, 0) < 0)
            return -1;
        if (reply_size >= sizeof accepted && !memcmp(reply, accepted, sizeof accepted - 1))
            return handle;
    } while (board_ticks() - start < timeout);
    return -1;
}

int net_close(int handle)
{
    int serving = state[handle] == SERVING;
    state[handle] = FREE;
    if (command_number("P0=", (unsigned)handle) < 0)
        return -1;
    return command_number(serving ? "P5=" : "P6=", 0);
}
