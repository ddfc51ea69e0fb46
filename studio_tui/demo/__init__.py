"""The demo studio: two sites, their people, and three weeks of sessions around now."""
