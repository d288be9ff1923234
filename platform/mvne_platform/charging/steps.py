"""The points within a chunk at which a fault trial may kill the process, in their order; see `runtime.faults`."""

STEPS = ("chunk.identified", "chunk.locked", "chunk.rated", "chunk.copied", "chunk.posted", "chunk.recorded")
IDENTIFIED, LOCKED, RATED, COPIED, POSTED, RECORDED = STEPS
