"""What an actor needs to look at brands, to change them, and to move their clocks."""

READ = "brand.read"
APPLY = "brand.apply"
CLOCK = "brand.clock"
