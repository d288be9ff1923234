"""The web edge: hosts, authentication, transactions, limits, sites, files, health. No business."""
