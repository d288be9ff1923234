"""A network that charges online: a load generator with percentiles, and a network element with sessions."""
