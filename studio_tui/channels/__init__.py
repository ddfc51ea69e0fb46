"""Ways to notify a client, one module each."""
