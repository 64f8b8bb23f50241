"""The Python that the chapters share: one idea a module."""

#: Tells this package from any other `utils`: the first cell of each notebook asks for it.
COURSE = "Neural Networks, Derived"
