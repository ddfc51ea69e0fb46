"""What people and programs can do with the studio, one method per act."""
