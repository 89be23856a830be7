/* A sensor node: joins the access point, connects to the MQTT broker, publishes a temperature each
 * second and prints what is published for it. It is the firmware of the examples and the tutorial.
 *
 * MQTT 3.1.1: CONNECT (3.1), SUBSCRIBE (3.8), PUBLISH with QoS 0 (3.3). */
#include "../boards/board.h"
#include "../boards/net.h"

#define SSID "renode-wifi"
#define PASSPHRASE "no-board-farm"
#define BROKER "broker.home.test"
#define PORT 1883
#define TOPIC "home/kitchen/temperature"
#define COMMANDS "home/kitchen/set"
#define PERIOD 1000 /* ms between two temperatures, and between two attempts */

enum { CONNECT = 0x10, CONNACK = 0x20, PUBLISH = 0x30, SUBSCRIBE = 0x82, PACKET = 160 };

static char text[PACKET];

static void print(const char *words)
{
    while (*words)
        board_put(*words++);
}

static void say(const char *words)
{
    print(words);
    print("\r\n");
}

static void wait(uint32_t milliseconds)
{
    uint32_t start = board_ticks();
    while (board_ticks() - start < milliseconds)
        board_sleep();
}

/* Appends a string of MQTT, which has its length in front; returns where the next one begins. */
static unsigned put(uint8_t *packet, unsigned at, const char *words)
{
    unsigned length = (unsigned)strlen(words);
    packet[at] = 0;
    packet[at + 1] = (uint8_t)length;
    memcpy(packet + at + 2, words, length);
    return at + 2 + length;
}

/* Packets of the node are shorter than 128 bytes: the remaining length is one byte. */
static int send_packet(int handle, uint8_t *packet, unsigned size)
{
    packet[1] = (uint8_t)(size - 2);
    return net_send(handle, packet, size) == (int)size ? 0 : -1;
}

static int connect_to_broker(void)
{
    static const uint8_t header[] = {CONNECT, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60};
    uint8_t packet[PACKET], address[4];
    unsigned size;
    int handle;
    if (net_resolve(BROKER, address) < 0)
        return -1;
    handle = net_open(NET_TCP, address, PORT);
    if (handle < 0)
        return -1;
    memcpy(packet, header, sizeof header);
    size = put(packet, sizeof header, "node");
    if (send_packet(handle, packet, size) < 0 || net_receive(handle, packet, sizeof packet, 5000) < 4 ||
        packet[0] != CONNACK || packet[3] != 0)
        goto failed;
    packet[0] = SUBSCRIBE;
    packet[2] = 0;
    packet[3] = 1;
    size = put(packet, 4, COMMANDS);
    packet[size++] = 0;
    if (send_packet(handle, packet, size) == 0)
        return handle;
failed:
    net_close(handle);
    return -1;
}

static int publish(int handle, unsigned tenths)
{
    uint8_t packet[PACKET];
    unsigned size;
    packet[0] = PUBLISH;
    size = put(packet, 2, TOPIC);
    text[0] = 0;
    append_number(text, sizeof text, tenths / 10);
    append(text, sizeof text, ".");
    append_number(text, sizeof text, tenths % 10);
    memcpy(packet + size, text, strlen(text));
    return send_packet(handle, packet, size + (unsigned)strlen(text));
}

/* Prints the payload of a PUBLISH. The node asks for QoS 0: there is no identifier in it. */
static void carry_out(const uint8_t *packet, unsigned size)
{
    unsigned topic = 4u + packet[3], end = 2u + packet[1];
    if (size < 4 || packet[0] >> 4 != PUBLISH >> 4 || end > size || topic > end)
        return;
    print("command: ");
    while (topic < end)
        board_put((char)packet[topic++]);
    print("\r\n");
}

/* Publishes until the connection is lost. */
static void serve(int handle)
{
    static unsigned tenths = 210;
    uint8_t packet[PACKET];
    for (;;) {
        uint32_t start = board_ticks();
        if (publish(handle, tenths) < 0)
            return;
        print("published ");
        say(text);
        tenths = tenths == 250 ? 210 : tenths + 5;
        while (board_ticks() - start < PERIOD) {
            int count = net_receive(handle, packet, sizeof packet, PERIOD / 10);
            if (count < 0)
                return;
            if (count > 0)
                carry_out(packet, (unsigned)count);
        }
    }
}

int main(void)
{
    board_start();
    print("node: ");
    say(board_name);
    for (;;) {
        int handle, started = net_start(text, sizeof text); /* A radio that was in use is reset. */
        text[0] = 0;
        if (started < 0 || net_join(SSID, PASSPHRASE, text, sizeof text) < 0) {
            say(started < 0 ? "no radio" : "no access point");
            wait(PERIOD);
            continue;
        }
        print("IP address ");
        say(text);
        while ((handle = connect_to_broker()) >= 0) {
            say("MQTT connected");
            serve(handle);
            say("connection lost");
            net_close(handle);
        }
        say("no broker"); /* Or the access point is gone, which joining shows. */
        wait(PERIOD);
    }
}
