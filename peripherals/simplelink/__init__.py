"""The SimpleLink network processor (NWP) of the CC3220SF: link, messages, and what answers them."""
