"""Price lists as files an operator can read and edit; the format is described in docs/guides/price-lists.md."""
