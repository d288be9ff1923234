"""Every domain, imported: the schemas name all refusals there are."""

DOMAINS = frozenset({"mvne_platform", "mvne_tenants"})
