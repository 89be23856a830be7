"""The network inside the world: air, hosts, TCP, UDP, DHCP, DNS, on virtual time."""
