"""What a role may be allowed to do with usage files, their sources and their failures."""

LOAD = "usage.load"
READ = "usage.read"
READ_NUMBERS = "usage.read_numbers"
# Define, change, pause and test where files come from.
SOURCES = "usage.sources"
# Correct failed records, and have failures rated again.
CORRECT = "usage.correct"
# Give failures up for good.
WRITE_OFF = "usage.write_off"
# Push files to a source over HTTP; of API clients.
PUSH = "usage.push"
# Load portability data and short codes.
NUMBERS = "usage.numbers"
