#include "guest.h"

enum { DFSDM = 0x40016000, SAI1 = 0x40015400, CHANNEL_2 = DFSDM + 0x40, FILTER = DFSDM + 0x100 };
enum { CR1 = FILTER, CR2 = FILTER + 4, ISR = FILTER + 8, FCR = FILTER + 0x14, RDATAR = FILTER + 0x1C };
enum { DFEN = 1, RSWSTART = 1 << 17, RCONT = 1 << 18, RDMAEN = 1 << 21, FAST = 1 << 29 };
enum { RCH_2 = 2 << 24, SAMPLES = 320, CHANNEL = DMA1 + 0x08 + 3 * 0x14 };

static volatile int32_t samples[SAMPLES];

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    /* CKOUT is 80 MHz / 78, a sample its 64 bits: 16026 Hz. */
    WORD(DFSDM) = 1u << 31 | 77u << 16;
    WORD(CHANNEL_2 + 4) = 3 << 3;
    WORD(CHANNEL_2) = 1 << 7 | 1 << 2 | 1;
    WORD(FCR) = 3u << 29 | 63u << 16;
    WORD(CR2) = 2;
    WORD(CR1) = DFEN | RCH_2;
    enable_interrupt(61);
    WORD(CR1) = DFEN | RCH_2 | RSWSTART;
    expect("RCIP while it converts (24.8.3)", WORD(ISR) >> 14 & 1, 1);
    expect("REOCF ends what RSWSTART began (24.4.7)", wait_for(ISR, 2, 2) || interrupts[61], 1);
    expect("DFSDM1_FLT0 is 61 (table 58)", interrupts[61], 1);
    expect("RDATACH (24.8.8)", WORD(RDATAR) & 7, 2);
    expect("reading the data clears REOCF (24.8.3)", WORD(ISR) >> 1 & 1, 0);

    /* A recording, as ST's drivers make it. */
    WORD(CHANNEL + 4) = SAMPLES;
    WORD(CHANNEL + 8) = RDATAR;
    WORD(CHANNEL + 12) = (uint32_t)samples;
    WORD(CHANNEL) = 1 | 1 << 5 | 1 << 7 | 2 << 8 | 2 << 10;
    WORD(CR2) = 0;
    WORD(CR1) = RDMAEN | RCONT | FAST | RCH_2;
    WORD(CR1) = DFEN | RDMAEN | RCONT | FAST | RCH_2;
    WORD(CR1) = DFEN | RDMAEN | RCONT | FAST | RCH_2 | RSWSTART;
    wait_ms(10);
    expect_within("16026 samples a second (24.4.10)", SAMPLES - WORD(CHANNEL + 4), 142, 161);
    print("ready\r\n");
    wait_ms(60);
    int32_t low = 0, high = 0;
    for (int i = 0; i < SAMPLES; i++) {
        low = samples[i] >> 8 < low ? samples[i] >> 8 : low;
        high = samples[i] >> 8 > high ? samples[i] >> 8 : high;
    }
    print("sound ");
    print_hex((uint32_t)low);
    print(" ");
    print_hex((uint32_t)high);
    print("\r\n");

    WORD(SAI1 + 4) = 0x40 | 1u << 16;
    expect("FREQ asks for samples (43.3.8)", WORD(SAI1 + 0x18) >> 3 & 1, 1);
    WORD(SAI1 + 4) = 0x40;
    done();
}
