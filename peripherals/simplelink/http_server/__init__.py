"""What the HTTP server of the network processor is set to, and what it answers by itself."""
