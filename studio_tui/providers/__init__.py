"""Conference systems, one module each."""
