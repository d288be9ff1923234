"""Background work of this domain: asking the places where operators leave their files."""

from mvne_platform.mediation.sources import pulling, testing, tidying

pull_source = pulling.pull
test_source = testing.test
tidy_source = tidying.tidy
