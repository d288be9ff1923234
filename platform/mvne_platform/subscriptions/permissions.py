"""What an actor must hold to see or change subscriptions."""

READ = "subscription.read"
MANAGE = "subscription.manage"
