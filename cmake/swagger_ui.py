"""Puts Swagger UI's files, gzipped, into a folder, for the build to embed.

usage: swagger_ui.py OUTPUT_DIRECTORY

The files come from a pinned wheel that pip downloads once; its checksum is verified before use.
"""

import gzip
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

REQUIREMENT = "drf-spectacular-sidecar==2026.10.1"
WHEEL = "drf_spectacular_sidecar-2026.10.1-py3-none-any.whl"
SHA256 = "fe1d005d8ac9b5d0472f2fe5deeb2e7d6dcffaa24118044f22578b4b8c4b31f2"
FOLDER = "drf_spectacular_sidecar/static/drf_spectacular_sidecar/swagger-ui-dist/"
FILES = ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-ui-bundle.js.LICENSE.txt"]


def is_intact(wheel):
    return wheel.exists() and hashlib.sha256(wheel.read_bytes()).hexdigest() == SHA256


def cached_wheel():
    """The verified wheel. Clones that start at once may download it twice, but never see half."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    wheel = cache / "daybook" / WHEEL
    if is_intact(wheel):
        return wheel
    wheel.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=wheel.parent) as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--dest", folder]
        subprocess.run([*command, REQUIREMENT], check=True, stdin=subprocess.DEVNULL)
        downloaded = pathlib.Path(folder) / WHEEL
        if not is_intact(downloaded):
            sys.exit(f"{WHEEL} does not have the checksum {SHA256}")
        downloaded.replace(wheel)
    return wheel


def main():
    output = pathlib.Path(sys.argv[1])
    output.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(cached_wheel()) as archive:
        for name in FILES:
            packed = gzip.compress(archive.read(FOLDER + name), compresslevel=9, mtime=0)
            (output / f"{name}.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
