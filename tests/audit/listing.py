"""The list of all that is used (a software bill of materials), in the form of CycloneDX 1.6."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.audit.locked import Locked
from tests.audit.vendored import Vendored


def bill(
    to_run: Iterable[Locked],
    to_test: Iterable[Locked],
    licences: Mapping[str, str],
    version: str,
    vendored: Iterable[Vendored] = (),
) -> str:
    """Return the list as JSON: what running needs is required, what only tests need is excluded."""
    run = {each.name for each in to_run}
    every = {each.name: each for each in (*to_run, *to_test)}
    told: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "doorstep", "version": version}},
        "components": [
            *(
                _component(each, licences.get(each.name, ""), needed=name in run)
                for name, each in sorted(every.items())
            ),
            *(_lying_in_the_tree(each) for each in sorted(vendored, key=lambda each: each.name)),
        ],
    }
    return json.dumps(told, indent=1) + "\n"


def _component(each: Locked, licence: str, *, needed: bool) -> dict[str, Any]:
    purl = f"pkg:pypi/{each.name}@{each.version}"
    told: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": each.name,
        "version": each.version,
        "purl": purl,
        "scope": "required" if needed else "excluded",
    }
    if licence:
        told["licenses"] = [{"expression": licence}]
    if each.marker:
        told["properties"] = [{"name": "doorstep:only-where", "value": each.marker}]
    return told


def _lying_in_the_tree(each: Vendored) -> dict[str, Any]:
    purl = f"pkg:npm/{each.name}@{each.version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": each.name,
        "version": each.version,
        "purl": purl,
        "scope": "required",
        "hashes": [{"alg": "SHA-256", "content": each.sha256}],
        "licenses": [{"expression": each.licence}],
        "properties": [{"name": "doorstep:file", "value": each.file}],
    }
