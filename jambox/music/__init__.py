"""Music as values: cycles, drones, tunings, and the data that holds them."""
