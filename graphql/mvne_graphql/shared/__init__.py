"""Root fields of both schemas: what customers do themselves, staff do for them."""
