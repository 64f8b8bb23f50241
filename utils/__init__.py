"""The Python that the chapters share: one idea a module."""

#: That of pyproject.toml, written here by `make address`.
VERSION = "0.1.0"


def expect_version(version: str) -> None:
    """Raise ``ImportError`` for a notebook of another version than this package.

    The first cell of each notebook asks; no other `utils` than that of the course can answer.
    """
    if version != VERSION:
        raise ImportError(
            f"This notebook is of version {version} of the course, and `utils` here of {VERSION}: "
            "take both from the same term, and restart the kernel."
        )
