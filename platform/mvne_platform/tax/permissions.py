"""What an actor needs for tax rates: they are part of what a brand sells at what price."""

MANAGE = "catalogue.manage"
