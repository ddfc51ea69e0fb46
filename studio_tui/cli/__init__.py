"""The command line: every use case that a screen offers, for scripts, cron jobs and people who use a screen reader.

`main` takes the arguments apart and runs one command; there is one module for each noun. A command reads its arguments,
calls use cases, and hands one document to `output`, which prints it for people or as JSON.
"""
