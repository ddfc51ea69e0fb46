"""Records, rules and errors of the studio, with nothing but the standard library."""
