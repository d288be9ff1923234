"""The `mvne` command, the embedded database, the supervisor behind `mvne up`, and the demo's first month."""
