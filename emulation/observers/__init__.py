"""What watches a run without changing it: traces, counters, transcripts."""
