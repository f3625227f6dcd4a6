"""The served OpenAPI document is true: schemathesis makes requests from it, good and bad, and
compares every answer with what the document says.

What it is told to accept, and why, is in schemathesis.toml.
"""
# labels: slow
# labels: release-only
# timeout: 600
# serial

import pathlib
import subprocess
import sys

from support import ServerTest, main

VERSION = "4.32.5"
HOME = pathlib.Path.home() / ".cache" / "daybook" / f"schemathesis-{VERSION}"
SETTINGS = pathlib.Path(__file__).with_suffix("").parent / "schemathesis.toml"


def installed():
    """The program, in a virtual environment that is made once for this machine."""
    program = HOME / "bin" / "schemathesis"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
        subprocess.run([str(HOME / "bin" / "pip"), "install", "--quiet", f"schemathesis=={VERSION}"],
                       check=True)
    return program


class Schemathesis(ServerTest):
    def test_finds_nothing(self):
        program = installed()
        # Whatever addresses it makes up, nothing is sent there.
        server = self.start("--webhooks-under-way-max", "0")
        host, port = server.address
        done = subprocess.run(
            [str(program), "--config-file", str(SETTINGS), "run",
             f"http://{host}:{port}/openapi.json",
             "--header", f"Authorization: Bearer {server.first_key}",
             "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--seed", "1",
             # One thread: Python 3.11's ast.parse fails now and then in two (python/cpython#106905).
             "--workers", "1", "--continue-on-failure", "--no-color", "--warnings", "off"],
            cwd=self.directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-20000:])
        self.assertIn("No issues found", done.stdout)


if __name__ == "__main__":
    main()
