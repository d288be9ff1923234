"""Background work of this domain: asking the places where operators leave their files, and noticing what is late."""

from mvne_platform.mediation.sources import lateness, pulling, testing, tidying

pull_source = pulling.pull
test_source = testing.test
tidy_source = tidying.tidy
watch_source = lateness.watch_source
