"""What a role may be allowed to do with balances."""

READ = "balance.read"
# What staff wrote to a correction, and who made it.
READ_NOTES = "balance.read_notes"
TOP_UP = "balance.top_up"
ADJUST = "balance.adjust"
SHARE = "balance.share"
