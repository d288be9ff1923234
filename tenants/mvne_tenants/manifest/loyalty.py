"""The form of `loyalty.toml`: the brand's programme, what earns points, and what points buy."""
