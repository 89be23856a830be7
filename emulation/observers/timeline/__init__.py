"""What a run did, lane by lane on one axis of virtual time; and the files that show it."""
