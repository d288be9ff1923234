"""What a role may be allowed to do with usage files."""

LOAD = "usage.load"
READ = "usage.read"
READ_NUMBERS = "usage.read_numbers"
