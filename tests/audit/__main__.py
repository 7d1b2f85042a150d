"""Fetch every locked file and compare it with the lock, look at licences, list all; 1 where one is wrong."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

from tests.audit.licences import TO_RUN, TO_TEST, licence_of, refused
from tests.audit.listing import bill
from tests.audit.locked import RUN, TEST, Locked, canonical, not_as_locked, read_lock, unhashed, wrong_files
from tests.audit.vendored import read_vendored, wrong_vendored
from tests.conftest import ROOT
from tests.crash.totals import commit
from tests.validation.campaigns import keep

UNAUDITED = (
    "No package was compared with a list of known weaknesses: such lists cannot be reached from a closed "
    "network, so nothing is claimed. Where one can be reached: `pip-audit --strict -r requirements/run.txt`, "
    "with `--strict`, since without it nothing looked at counts as nothing found."
)
_OWN = {"pip", "setuptools", "wheel", "doorstep", "uv"}
"""What an environment has by itself, and what makes the locks."""


def main() -> int:
    """Do all of it, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "audit", help="where the list goes")
    folder: Path = parser.parse_args().folder
    to_run, to_test = read_lock(RUN), read_lock(TEST)
    found = {canonical(one.name): one for one in distributions()}
    licences = {name: licence_of(one) for name, one in found.items() if name not in _OWN}
    verified, wrong = _verified([*to_run, *to_test])
    names = {each.name for each in to_run}
    wrong += [f"{name}: no hash in the lock" for name in unhashed([*to_run, *to_test])]
    wrong += refused({name: said for name, said in licences.items() if name in names}, TO_RUN)
    wrong += refused({name: said for name, said in licences.items() if name not in names}, TO_TEST)
    installed = {name: one.version for name, one in found.items() if name not in _OWN}
    wrong += not_as_locked(installed, [*to_run, *to_test])
    vendored = read_vendored()
    wrong += wrong_vendored()
    wrong += refused({each.name: each.licence for each in vendored}, ())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bill.cdx.json").write_text(bill(to_run, to_test, licences, commit(), vendored), "utf-8")
    _tell(f"{len(to_run)} locked to run, {len({e.name for e in to_test} - names)} more to test", *wrong)
    _tell(f"{len(vendored)} files of others in the tree, compared with what was published")
    _tell(f"{verified} files compared with the lock; listed in {folder / 'bill.cdx.json'}", UNAUDITED)
    if not wrong:
        _keep(to_run, to_test, licences, verified)
    return 1 if wrong else 0


def _verified(lock: list[Locked]) -> tuple[int, list[str]]:
    """Fetch the files of both locks as an installation does; return how many, and what is wrong with them."""
    with tempfile.TemporaryDirectory() as place:
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        fetch += ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", place]
        for path in (RUN, TEST):
            done = subprocess.run([*fetch, "-r", str(path)], capture_output=True, text=True, check=False)
            if done.returncode:
                return 0, [f"{path.name}: {done.stderr.strip()[-500:]}"]
        return len(list(Path(place).iterdir())), list(wrong_files(Path(place), lock))


def _keep(to_run: list[Locked], to_test: list[Locked], licences: dict[str, str], verified: int) -> None:
    names = {each.name for each in to_run}
    counts = Counter(licences[name] for name in names if name in licences)
    keep(
        audit={
            "run": len(names),
            "test": len({each.name for each in to_test} - names),
            "verified": verified,
            "licences": ", ".join(f"{licence} {count}" for licence, count in counts.most_common()),
            "exceptions": TO_TEST,
            "unaudited": UNAUDITED,
            "on": datetime.now(UTC).date().isoformat(),  # noqa: TID251 -- when it was really done
            "commit": commit(),
            "command": "python -m tests.audit",
        }
    )


def _tell(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


sys.exit(main())
