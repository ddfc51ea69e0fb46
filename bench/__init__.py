"""Measurements that anybody can run again: `python -m bench [NAME …]`. They print ratios within one run, not absolute times."""
