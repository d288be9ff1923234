"""Rating from files alone: a tariff folder and a file of events in, a file of rated events out."""
