"""Background work: the relay, the runner of jobs, timers, clocks, the file watcher, and Dramatiq under them."""
