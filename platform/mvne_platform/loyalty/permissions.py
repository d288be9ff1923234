"""What an actor needs for loyalty. The programme itself is part of the brand and changed with it."""

READ = "loyalty.read"
REDEEM = "loyalty.redeem"
MANAGE = "brand.apply"
