"""`python -m recommender` is the command `recommender`."""

import subprocess
import sys


def test_the_package_runs_as_the_command() -> None:
    command = [sys.executable, "-m", "recommender"]
    done = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: python -m recommender [OPTIONS] COMMAND")
    refused = subprocess.run([*command, "nigthly"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "No such command 'nigthly'" in refused.stderr
