"""What a role may be allowed to do with usage."""

LOAD = "usage.load"
READ = "usage.read"
READ_NUMBERS = "usage.read_numbers"
RERATE = "usage.rerate"
REPLAY = "price_list.replay"
CHARGE = "usage.charge"
# As in the catalogue.
READ_WHOLESALE = "wholesale.read"
