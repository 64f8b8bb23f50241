"""The site as a static host serves it: compressed, cacheable, with its own 404 page."""

from __future__ import annotations

import gzip
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

TEXT = {"application/json", "application/xml", "image/svg+xml", "text/javascript"}


@cache
def compressed(path: Path, _changed: float) -> bytes:
    """Return a file's bytes in gzip, the same every time."""
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)


def content_type(path: Path) -> str:
    """Return a file's type by its name, as static hosts do."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return "text/javascript" if kind == "application/javascript" else kind


def is_text(path: Path) -> bool:
    """Say whether static hosts compress such a file."""
    return content_type(path).startswith("text/") or content_type(path) in TEXT


def transfer(path: Path) -> bytes:
    """Return the bytes that a static host sends for a file: text compressed, the rest as it is."""
    return compressed(path, path.stat().st_mtime) if is_text(path) else path.read_bytes()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    root: Path
    under: str

    def do_GET(self) -> None:
        if not self.path.startswith(self.under):
            return self.send_error(404)
        path = (self.root / unquote(urlsplit(self.path).path).removeprefix(self.under)).resolve()
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file() and path.is_relative_to(self.root)
        path = path if found else self.root / "404.html"
        if not path.is_file():
            return self.send_error(404)
        body, kind = transfer(path), content_type(path)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if "text/" in kind else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "public, max-age=31536000, immutable")
        if is_text(path):
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(root: Path, under: str = "/") -> Iterator[str]:
    """Serve a folder on a free local port, under a path that ends in a slash; yield its address."""
    handler = type("Handler", (_Handler,), {"root": root.resolve(), "under": under})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{under}".rstrip("/")
        server.shutdown()
