"""What a brand's webshop and self-care ask: the host names the brand."""
