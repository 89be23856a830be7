"""The silicon of the CC3220SF, block by block (SWRU465, CC3220 Technical Reference Manual)."""
