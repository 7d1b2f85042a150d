"""Protections of the proof itself: what it says was seen, and what is installed is what was locked."""

from __future__ import annotations

from tests.defects.defect import defect

TEST_VALIDATION = "tests/validation/test_validation.py::"
TEST_AUDIT = "tests/audit/test_audit.py::"

DEFECTS = (
    defect(
        "talks-stay-shallow",
        "What is tested in every state is tested in states with answers too.",
        (
            "tests/engine/test_properties.py",
            "    return [*parts[0], *parts[1], *parts[2]]\n",
            "    return list(parts[2])\n",
        ),
        "tests/engine/test_properties.py::test_talks_get_everywhere",
    ),
    defect(
        "promises-for-nothing",
        "A promise without tests, or without a planted defect, is refused.",
        (
            "tests/validation/promise.py",
            "    if bool(each.tests) != bool(each.defects):\n",
            "    if not each.id:\n",
        ),
        f"{TEST_VALIDATION}test_a_promise_that_shows_nothing_is_refused",
        shows=("not enough values",),
        quick=True,
    ),
    defect(
        "shown-although-unseen",
        "What was not run, or was never seen red, is not called shown.",
        (
            "tests/validation/page.py",
            "        return each.state if ran and red else State.PARTLY\n",
            "        return each.state if ran or red else State.PARTLY\n",
        ),
        f"{TEST_VALIDATION}test_only_what_was_run_and_was_seen_red_is_called_shown",
    ),
    defect(
        "old-forms-believed",
        "A planted defect that was changed since counts as never tried.",
        (
            "tests/defects/record.py",
            "    return tried if tried and tried.noticed and tried.form == form_of(defect) else None\n",
            "    return tried if tried and tried.noticed else None\n",
        ),
        f"{TEST_VALIDATION}test_a_defect_that_was_changed_since_counts_as_never_tried",
    ),
    defect(
        "hashes-unchecked",
        "Nothing is installed whose hash is not in the lock.",
        ("Makefile", "--quiet --disable-pip-version-check --require-hashes", "--quiet --require-virtualenv"),
        f"{TEST_AUDIT}test_a_planted_bad_hash_stops_the_installation",
    ),
    defect(
        "fetched-files-unchecked",
        "A fetched file with another hash than the lock's is named.",
        (
            "tests/audit/locked.py",
            "        if hashlib.sha256(path.read_bytes()).hexdigest() not in known:\n",
            "        if not known:\n",
        ),
        f"{TEST_AUDIT}test_a_fetched_file_with_another_hash_is_named",
    ),
    defect(
        "licences-unchecked",
        "A licence that nobody looked at is refused.",
        (
            "tests/audit/licences.py",
            "        if name not in set(looked_at) and not is_allowed(said):\n",
            "        if name not in set(looked_at) and not said:\n",
        ),
        f"{TEST_AUDIT}test_a_licence_that_is_not_taken_is_refused",
    ),
)
