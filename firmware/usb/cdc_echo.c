/* A serial port over USB that sends back what it gets, by the registers of OTG_FS (RM0351 section
 * 47) and without interrupts. On USART1 it says what the host has asked of it. */
#include "../blocks/guest.h"

enum {
    OTG = 0x50000000,
    GOTGCTL = OTG,
    GUSBCFG = OTG + 0x0C,
    GRSTCTL = OTG + 0x10,
    GINTSTS = OTG + 0x14,
    GRXSTSP = OTG + 0x20,
    GRXFSIZ = OTG + 0x24,
    DIEPTXF0 = OTG + 0x28,
    GCCFG = OTG + 0x38,
    DIEPTXF1 = OTG + 0x104,
    DCFG = OTG + 0x800,
    DCTL = OTG + 0x804,
    DIEPCTL = OTG + 0x900,
    DIEPINT = OTG + 0x908,
    DIEPTSIZ = OTG + 0x910,
    DTXFSTS = OTG + 0x918,
    DOEPCTL = OTG + 0xB00,
    DOEPTSIZ = OTG + 0xB10,
    FIFO = OTG + 0x1000,
    ENDPOINT = 0x20,
};
static const uint32_t EPENA = 1u << 31, CNAK = 1u << 26, STALL = 1u << 21, BULK = 2u << 18,
                      INTERRUPT = 3u << 18, USBAEP = 1u << 15, SD0PID = 1u << 28,
                      RXFLVL = 1u << 4, USBRST = 1u << 12, ENUMDNE = 1u << 13, XFRC = 1;
enum { OUT_PACKET = 2, OUT_COMPLETE = 3, SETUP_COMPLETE = 4, SETUP_PACKET = 6 };
enum { PACKET = 64 };

static const uint8_t DEVICE[] = {18, 1, 0, 2, 2, 0, 0, PACKET, 9, 0x12, 1, 0, 0, 1, 1, 2, 0, 1};
static const uint8_t CONFIGURATION[] = {
    9, 2, 67, 0, 2, 1, 0, 0x80, 50,
    /* Communications: header, call management, abstract control, union; notifications. */
    9, 4, 0, 0, 1, 2, 2, 0, 0, 5, 0x24, 0, 0x10, 1, 5, 0x24, 1, 0, 1, 4, 0x24, 2, 2, 5, 0x24, 6,
    0, 1, 7, 5, 0x82, 3, 8, 0, 16,
    /* Data. */
    9, 4, 1, 0, 2, 10, 0, 0, 0, 7, 5, 0x01, 2, PACKET, 0, 0, 7, 5, 0x81, 2, PACKET, 0, 0};
static const uint8_t LANGUAGES[] = {4, 3, 9, 4};
static const uint8_t MAKER[] = {10, 3, 'e', 0, 'c', 0, 'h', 0, 'o', 0};
static const uint8_t NAME[] = {8, 3, 'c', 0, 'd', 0, 'c', 0};

static uint8_t setup[8], coding[8], echo[PACKET];
static uint32_t out_length;
/* What is left of the answer on endpoint 0; whether its last packet has to be a short one. */
static const uint8_t *answer;
static uint32_t answer_length;
static bool answer_ends_short;

static void send(unsigned endpoint, const uint8_t *data, uint32_t length)
{
    WORD(DIEPTSIZ + endpoint * ENDPOINT) = 1u << 19 | length;
    WORD(DIEPCTL + endpoint * ENDPOINT) |= EPENA | CNAK;
    for (uint32_t i = 0; i < length; i += 4) {
        uint32_t word = 0;
        for (uint32_t j = 0; j < 4 && i + j < length; j++)
            word |= (uint32_t)data[i + j] << 8 * j;
        WORD(FIFO + endpoint * 0x1000) = word;
    }
}

static void expect_packet(unsigned endpoint)
{
    WORD(DOEPTSIZ + endpoint * ENDPOINT) = 3u << 29 | 1u << 19 | PACKET;
    WORD(DOEPCTL + endpoint * ENDPOINT) |= EPENA | CNAK;
}

static void continue_answer(void)
{
    uint32_t length = answer_length < PACKET ? answer_length : PACKET;
    answer_ends_short = answer_ends_short && length == PACKET;
    send(0, answer, length);
    answer += length;
    answer_length -= length;
}

static void reply(const uint8_t *data, uint32_t length)
{
    uint32_t wanted = setup[6] | setup[7] << 8;
    answer = data;
    answer_length = length < wanted ? length : wanted;
    answer_ends_short = length < wanted;
    expect_packet(0); /* The status stage. */
    continue_answer();
}

static void stall(void)
{
    WORD(DIEPCTL) |= STALL;
    WORD(DOEPCTL) |= STALL;
}

static void configure(void)
{
    WORD(DIEPCTL + ENDPOINT) = PACKET | USBAEP | BULK | 1u << 22 | SD0PID;
    WORD(DIEPCTL + 2 * ENDPOINT) = 8 | USBAEP | INTERRUPT | 2u << 22 | SD0PID;
    WORD(DOEPCTL + ENDPOINT) = PACKET | USBAEP | BULK | SD0PID;
    expect_packet(1);
    print("configured\r\n");
}

static void handle_setup(void)
{
    answer_length = 0;
    answer_ends_short = false;
    switch (setup[0] << 8 | setup[1]) {
    case 0x0005:
        WORD(DCFG) |= (uint32_t)setup[2] << 4;
        break;
    case 0x0009:
        configure();
        break;
    case 0x2120: /* SET_LINE_CODING */
        expect_packet(0);
        return;
    case 0x2122: /* SET_CONTROL_LINE_STATE */
        print(setup[2] & 1 ? "DTR\r\n" : "no DTR\r\n");
        break;
    case 0x8006:
        if (setup[3] == 1)
            reply(DEVICE, sizeof DEVICE);
        else if (setup[3] == 2)
            reply(CONFIGURATION, sizeof CONFIGURATION);
        else if (setup[3] == 3 && setup[2] == 0)
            reply(LANGUAGES, sizeof LANGUAGES);
        else if (setup[3] == 3 && setup[2] == 1)
            reply(MAKER, sizeof MAKER);
        else if (setup[3] == 3 && setup[2] == 2)
            reply(NAME, sizeof NAME);
        else
            stall();
        return;
    default:
        stall();
        return;
    }
    send(0, setup, 0);
}

static void take(uint8_t *place, uint32_t length)
{
    for (uint32_t i = 0; i < length; i += 4) {
        uint32_t word = WORD(FIFO);
        for (uint32_t j = 0; j < 4 && i + j < length; j++)
            place[i + j] = word >> 8 * j;
    }
}

static void receive(void)
{
    uint32_t status = WORD(GRXSTSP), endpoint = status & 15, length = status >> 4 & 0x7FF;
    switch (status >> 17 & 15) {
    case SETUP_PACKET:
        take(setup, sizeof setup);
        break;
    case SETUP_COMPLETE:
        handle_setup();
        break;
    case OUT_PACKET:
        if (endpoint == 0 && length <= sizeof coding)
            take(coding, length);
        else
            take(echo, length);
        out_length = length;
        break;
    case OUT_COMPLETE:
        if (endpoint == 1) {
            send(1, echo, out_length);
        } else if (out_length) {
            print("line coding ");
            print_hex(coding[0] | coding[1] << 8 | coding[2] << 16 | (uint32_t)coding[3] << 24);
            print("\r\n");
            send(0, setup, 0);
        }
        break;
    }
}

int main(void)
{
    board_start();
    clock_all();
    WORD(GRSTCTL) |= 1;
    expect("CSRST ends (47.15.5)", wait_for(GRSTCTL, 1, 0), 1);
    WORD(GUSBCFG) |= 1u << 30;
    WORD(GCCFG) |= 1u << 16;
    WORD(GOTGCTL) |= 3u << 6;
    expect("BSVLD by override (47.15.1)", WORD(GOTGCTL) >> 19 & 1, 1);
    WORD(DCFG) |= 3;
    WORD(GRXFSIZ) = 128;
    WORD(DIEPTXF0) = 64u << 16 | 128;
    WORD(DIEPTXF1) = 64u << 16 | 192;
    WORD(DIEPTXF1 + 4) = 64u << 16 | 256;
    expect("DTXFSTS is the depth (47.15.60)", WORD(DTXFSTS + ENDPOINT), 64);
    WORD(DCTL) &= ~2u;
    for (;;) {
        uint32_t status = WORD(GINTSTS);
        if (status & USBRST) {
            WORD(GINTSTS) = USBRST;
            WORD(DCFG) &= ~(0x7Fu << 4);
            WORD(DOEPTSIZ) = 3u << 29;
        }
        if (status & ENUMDNE) {
            WORD(GINTSTS) = ENUMDNE;
            WORD(DIEPCTL) &= ~0x7FFu;
        }
        if (status & RXFLVL)
            receive();
        if (WORD(DIEPINT) & XFRC) {
            WORD(DIEPINT) = XFRC;
            if (answer_length || answer_ends_short)
                continue_answer();
        }
        if (WORD(DIEPINT + ENDPOINT) & XFRC) {
            WORD(DIEPINT + ENDPOINT) = XFRC;
            expect_packet(1);
        }
    }
}
