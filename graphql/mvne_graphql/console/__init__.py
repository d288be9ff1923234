"""What staff ask: the header X-Brand chooses among the brands granted to them."""
