"""Pure decisions of the catalogue: what may be sold, and what a price list must hold."""
