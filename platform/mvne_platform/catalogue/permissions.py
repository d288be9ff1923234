"""What an actor needs in the catalogue. Anyone may read what is for sale."""

READ = "catalogue.read"
MANAGE = "catalogue.manage"
# See what the host operator charges: wholesale price lists, contracts, and the amount of each event.
READ_WHOLESALE = "wholesale.read"
