"""What an actor needs for vouchers."""

REDEEM = "voucher.redeem"
ISSUE = "voucher.issue"
