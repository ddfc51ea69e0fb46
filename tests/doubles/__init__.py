"""Servers on loopback that stand in for the network: small, real, and able to misbehave."""
