"""What an actor needs in the catalogue. Anyone may read what is for sale."""

READ = "catalogue.read"
MANAGE = "catalogue.manage"
