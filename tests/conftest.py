"""What every test may use; see tests/plugins."""

pytest_plugins = [
    "tests.plugins.inside",
    "tests.plugins.compiled",
    "tests.plugins.no_network",
    "tests.plugins.cluster",
    "tests.plugins.database",
]
