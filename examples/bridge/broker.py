"""Stands for the broker of your own: MQTT 3.1.1 with QoS 0; it keeps what is published."""

import queue
import socket
import threading

PORT = 18830  # As world.yaml has it.
CONNACK, PUBLISH, SUBSCRIBE, SUBACK = b"\x20\x02\0\0", 0x30, 0x82, b"\x90\x03"


class Broker:
    def __init__(self):
        self.messages = queue.SimpleQueue()
        self._listener = socket.create_server(("127.0.0.1", PORT))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        client, _ = self._listener.accept()
        with client, client.makefile("rb") as stream:
            while header := stream.read(2):
                packet = stream.read(header[1])  # The node's are shorter than 128 bytes.
                if header[0] == PUBLISH:
                    end = 2 + int.from_bytes(packet[:2])
                    self.messages.put((packet[2:end].decode(), packet[end:]))
                elif header[0] == SUBSCRIBE:
                    client.sendall(SUBACK + packet[:2] + b"\0")
                else:
                    client.sendall(CONNACK)

    def close(self):
        self._listener.close()
