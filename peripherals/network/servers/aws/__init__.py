"""What AWS IoT Core does beyond MQTT, as far as devices ask for it."""
