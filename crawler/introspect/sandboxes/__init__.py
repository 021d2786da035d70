"""How a run is confined, and what is seen of it: one file a confinement, and what they share."""
