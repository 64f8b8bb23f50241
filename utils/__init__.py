"""The Python that the chapters share: one idea a module."""
