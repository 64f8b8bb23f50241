"""Explorables: figures that answer a slider, with a kernel and without."""
