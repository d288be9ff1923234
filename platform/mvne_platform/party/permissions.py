"""What an actor must hold to see or change customers."""

READ = "customer.read"
MANAGE = "customer.manage"
DECIDE_IDENTITY = "identity.decide"
