"""What every test may use; see tests/plugins."""

pytest_plugins = ["tests.plugins.cluster", "tests.plugins.database"]
