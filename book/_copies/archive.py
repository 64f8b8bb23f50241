"""``make offline``: the built site as one archive, which opens from a disk.

The pages, their styles and the recordings of all explorables.  JupyterLite stays out: it is larger
than the book, and runs from no disk.  The same site gives the same bytes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from copies import ARCHIVE, PDF, address, draft, fill, link

LEFT_OUT = {"lab", ".buildinfo", ARCHIVE, PDF}
FOLDER = Path(ARCHIVE).stem

#: What of a page needs JupyterLite: an element that holds none of its own kind.
NEEDS_LAB = re.compile(r'<(\w+)[^>]*\bdata-needs="lab"[^>]*>.*?</\1>', re.DOTALL)


def offline(page: str, base: str) -> str:
    """Return a page as the copy has it: what the copy lacks is linked at *base*, or not at all.

    Raises ``ValueError`` for a link into JupyterLite that does not say so by ``data-needs="lab"``.
    """
    page = fill(page, "")
    page = page.replace('href="lab/', f'href="{base}lab/') if base else NEEDS_LAB.sub("", page)
    if dead := re.findall(r'<a [^>]*href="lab/[^>]*>', page):
        raise ValueError(f'only an element with data-needs="lab" may link into lab/, not {dead}')
    return page


def pack(site: Path, archive: Path) -> None:
    """Write *archive*, a ZIP file of the site in a folder.

    Raises ``FileNotFoundError`` where there is no site.
    """
    base = address(site)
    half = draft(archive)
    with ZipFile(half, "w") as zipped:
        files = {path.relative_to(site).as_posix(): path for path in site.rglob("*")}
        for name, path in sorted(files.items()):
            if not path.is_file() or name.split("/")[0] in LEFT_OUT:
                continue
            content = path.read_bytes()
            if path.suffix == ".html":
                content = offline(content.decode(), base).encode()
            entry = ZipInfo(f"{FOLDER}/{name}")  # without a time, it is that of 1980
            entry.create_system = 3  # a file of Unix, on every system
            entry.external_attr = 0o644 << 16
            zipped.writestr(entry, content, ZIP_DEFLATED, compresslevel=9)
    half.replace(archive)


if __name__ == "__main__":
    site = Path(sys.argv[1])
    pack(site, site / ARCHIVE)
    link(site)
    print(f"{site / ARCHIVE}: {(site / ARCHIVE).stat().st_size / 1e6:.1f} MB")
