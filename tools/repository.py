"""The repository's public address, and the addresses that follow from it.

``repository`` in ``_config.yml`` is the one place where it is written.  Where ``url`` is empty,
there is no :class:`Repository`, and whatever needs one is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import yaml

CONFIG = Path(__file__).parents[1] / "_config.yml"


@dataclass(frozen=True)
class Repository:
    """Where the sources of the book are public."""

    url: str  # without a slash at its end
    branch: str = "main"
    tag: str = ""  # of a term: where it is set, all links take it, and nothing that moves

    @classmethod
    def named(cls, url: str, branch: str = "main", tag: str = "") -> Repository | None:
        """Return the repository of an address as people write it; None where there is none.

        Raises ValueError for what is no address of a repository.
        """
        if not url:
            return None
        if not re.fullmatch(r"https://[\w.-]+(:\d+)?(/[\w.~-]+){2,}/?", url):
            raise ValueError(f"repository.url: expected https://HOST/OWNER/NAME, got {url!r}")
        return cls(url.rstrip("/").removesuffix(".git"), branch or "main", tag)

    @classmethod
    def read(cls, config: Path = CONFIG) -> Repository | None:
        """Return the repository that ``_config.yml`` names; None where it names none."""
        settings = yaml.safe_load(config.read_text(encoding="utf-8")).get("repository") or {}
        named = (settings.get(key) or "" for key in ("url", "branch", "tag"))
        return cls.named(*named)

    @property
    def ref(self) -> str:
        """What links name: the tag of a term, or else the branch."""
        return self.tag or self.branch

    @property
    def host(self) -> str:
        """The machine that serves it, as in ``github.com``."""
        return urlsplit(self.url).netloc

    @property
    def name(self) -> str:
        """Its owner and its name, as in ``owner/name``."""
        return urlsplit(self.url).path.strip("/")

    def binder(self, path: str) -> str:
        """Return where Binder opens a file, or a folder, in JupyterLab.

        Of the term, or else of the default branch: Binder builds an image for each new commit that
        it is asked for.
        """
        provider, name = {
            "github.com": ("gh", self.name),
            "gitlab.com": ("gl", quote(self.name, safe="")),
        }.get(self.host, ("git", quote(self.url, safe="")))
        ref = quote(self.tag, safe="") or "HEAD"
        return f"https://mybinder.org/v2/{provider}/{name}/{ref}?urlpath=lab/tree/{quote(path)}"

    def colab(self, path: str) -> str | None:
        """Return where Colab opens a notebook; None where it cannot, which is outside GitHub."""
        if self.host != "github.com":
            return None
        ref = quote(self.ref, safe="")
        return f"https://colab.research.google.com/github/{self.name}/blob/{ref}/{quote(path)}"
