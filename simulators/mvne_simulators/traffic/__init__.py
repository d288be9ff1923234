"""Usage files as a network and a PBX would deliver them."""
