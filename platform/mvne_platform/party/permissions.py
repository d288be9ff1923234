"""What an actor must hold to see or change customers."""

READ = "customer.read"
MANAGE = "customer.manage"
READ_GROUPS = "customer_group.read"
MANAGE_GROUPS = "customer_group.manage"
DECIDE_IDENTITY = "identity.decide"
