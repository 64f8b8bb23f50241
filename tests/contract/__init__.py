"""The formula contract: every labeled equation of the book, as printed, is executed.

``equations`` finds them, ``tie`` holds one against the code and against the truth, ``truth`` takes
derivatives in other ways, and ``chapters`` has the ties.  ``mutants`` makes errors, one at a time,
to see whether the ties catch them, and ``proofs`` shows that the ones they cannot catch are none.
"""
