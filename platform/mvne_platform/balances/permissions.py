"""What a role may be allowed to do with balances."""

READ = "balance.read"
TOP_UP = "balance.top_up"
ADJUST = "balance.adjust"
