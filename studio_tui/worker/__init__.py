"""The program part that sends the notices that are due."""
