"""The schedules of scripts/deploy run the nightly job, and the Makefile installs under the pins."""

import configparser
import json
import re
import subprocess
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.cli import main as cli
from tests.docs.pages import ROOT
from tests.docs.shell import Shell


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string((ROOT / "scripts" / "deploy" / name).read_text(encoding="utf-8"))
    return parser


def test_the_systemd_units_run_the_nightly_job(shell: Shell, newsroom: Path) -> None:
    service, timer = unit("recommender-nightly.service"), unit("recommender-nightly.timer")
    assert service["Service"]["Type"] == "oneshot"
    assert timer["Timer"]["OnCalendar"]
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert service["Service"]["Environment"].startswith("RECOMMENDER_ARTIFACTS=")
    assert (
        published_by(shell, service["Service"]["ExecStart"])
        == Artifacts(newsroom / "artifacts").current()
    )


def test_the_cron_line_runs_the_nightly_job(shell: Shell, newsroom: Path) -> None:
    lines = (ROOT / "scripts/deploy/cron.example").read_text(encoding="utf-8").splitlines()
    (line,) = (text for text in lines if re.match(r"[\d*]", text))
    minute, hour, *days, user, command = line.split(maxsplit=6)
    assert int(minute) < 60
    assert int(hour) < 24
    assert days == ["*", "*", "*"]
    assert user == "recommender"
    assert "%" not in command, "cron turns a percent sign into a line break"
    command, _, streams = command.partition(" >> ")
    assert "2>> " in streams
    assert published_by(shell, command) == Artifacts(newsroom / "artifacts").current()


def test_the_kubernetes_job_runs_the_nightly_job(shell: Shell, newsroom: Path) -> None:
    yaml = pytest.importorskip("yaml")
    job = yaml.safe_load((ROOT / "scripts/deploy/cronjob.yaml").read_text(encoding="utf-8"))
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    run = job["spec"]["jobTemplate"]["spec"]
    (rule,) = run["podFailurePolicy"]["rules"]
    assert set(rule["onExitCodes"]["values"]) <= set(cli.EXIT_CODES.values())
    pod = run["template"]["spec"]
    (container,) = pod["containers"]
    assert container["name"] == rule["onExitCodes"]["containerName"]
    assert pod["restartPolicy"] == "Never"  # a failure policy needs it
    volumes = {volume["name"] for volume in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    words = " ".join([*container["command"], *container["args"]])
    for mount in ("/articles/", "/settings/", "/artifacts"):
        words = words.replace(mount, mount.strip("/") if mount == "/artifacts" else "")
    assert published_by(shell, words) == Artifacts(newsroom / "artifacts").current()


def published_by(shell: Shell, command: str) -> str:
    """Run a nightly command as a scheduler's file gives it; the name of what it published."""
    printed = shell.run(command)
    assert printed is not None
    assert shell.code == 0, printed
    name: str = json.loads(printed)["snapshot"]
    return name


def test_the_makefile_installs_under_the_pins() -> None:
    shown = subprocess.run(
        ["make", "--dry-run", "--always-make", "demo"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    installs = [line for line in shown.splitlines() if "pip install" in line]
    assert len(installs) == 2
    assert all("--constraint scripts/constraints.txt" in line for line in installs)
