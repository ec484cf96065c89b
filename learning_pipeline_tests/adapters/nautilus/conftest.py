"""What is not collected: a program for the Python that nautilus_trader is installed in."""

collect_ignore = ["real_exports.py"]
