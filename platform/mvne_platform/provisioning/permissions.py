"""What an actor must hold to see or repeat requests to the network."""

READ = "network.read"
MANAGE = "network.manage"
