"""What changes the catalogue, one use case a file."""
