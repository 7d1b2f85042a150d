"""Each kind of mistake an author can make is found, at its line, and said in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from bot.content.load import load_trial
from bot.domain.errors import ContentError
from tests.content.planted import copy_of_trial


class Mistake(NamedTuple):
    """Replace `old` by `new` in `file`; the problem says `says`, at the `nth` line that holds `at`."""

    file: str
    old: str
    new: str
    at: str
    says: str
    there: str = ""
    """The file with the problem, where that is another one."""
    nth: int = 1


T, EN, ZH, FTL_EN, FTL_ZH = "trial.yaml", "en.yaml", "zh-Hans.yaml", "en/bot.ftl", "zh-Hans/bot.ftl"
DM = "{question: dm, met: [yes], not_met: [no]}"

SYNTAX = [
    Mistake(T, "version: draft-1", "version: [draft-1", "languages: [en", "not valid YAML"),
    Mistake(
        T, "version: draft-1", "version: draft-1\nversion: draft-2", "draft-2", 'duplicate key "version"'
    ),
    Mistake(EN, "title:", "title: x\ntitle:", "title: Germs", 'duplicate key "title"'),
    Mistake(T, "spec_version: 1", "spec_version: 2", "spec_version", "should be 1"),
    Mistake(T, "version: draft-1", "versoin: draft-1", "versoin", "`versoin` is not known here"),
    Mistake(T, "version: draft-1\n", "", "# The first trial", "`version` is missing"),
    Mistake(T, "expires_after_days: 30", "expires_after_days: '30'", "expires_after", "valid integer"),
    Mistake(T, "show_reason: true", "show_reason: yes", "show_reason", "valid boolean"),
    Mistake(T, "status_as_of: 2025-07-27", "status_as_of: July", "status_as_of", "date"),
    Mistake(T, "kind: choice", "kind: slider", "kind: slider", "'choice' or 'integer_or_choice'"),
    Mistake(T, DM, "{question: dm, is: [yes]}", "is: [yes]", "is` is not known here"),
    Mistake(T, "[not_met, unknown]", "[maybe]", "[maybe]", "'met', 'not_met' or 'unknown'"),
    Mistake(T, "flags: [undecided]", "flags: [Un decided]", "Un decided", "should match pattern"),
    Mistake(EN, "language: en", "language: de", "language: de", "says that its language is `de`"),
    Mistake(
        EN, "  team_contact:\n    fact: site_contact", "  team_contact:\n    fact: moon", "fact: moon", "fact"
    ),
]

REFERENCES = [
    Mistake(T, "id: NCT06203249", "id: NCT06203248", "id: NCT06203248", "not the name of the folder"),
    Mistake(T, "- key: mda5", "- key: dm", "- key: dm", "second time", nth=2),
    Mistake(
        T, "- {key: planned, flags", "- {key: no, flags", "{key: no, flags: [bal_planned]}", "second time"
    ),
    Mistake(T, "  - id: I2", "  - id: I1", "id: I1", "second time", nth=2),
    Mistake(T, "key: A3_telegram_transfer", "key: A1_bot_voluntary", "A1_bot", "second time", nth=2),
    Mistake(T, DM, "{question: dn, met: [yes], not_met: [no]}", "question: dn", "no question `dn`"),
    Mistake(T, DM, "{question: dm, met: [yep], not_met: [no]}", "met: [yep]", "`dm` has no option `yep`"),
    Mistake(T, DM, "{question: dm, met: [yes], not_met: [yes]}", "not_met: [yes]}", "both met and not met"),
    Mistake(T, DM, "{question: dm, at_least: 3}", "at_least: 3", "not answered with a number"),
    Mistake(
        T,
        "shown_when: {question: ild,",
        "shown_when: {question: bal,",
        "shown_when: {question: bal,",
        "`rpild` depends on `bal`, which is not asked before it",
    ),
    Mistake(T, "by_policy: rpild_policy", "by_policy: other", "by_policy: other", "no policy `other`"),
    Mistake(
        T, "rpild_policy: ask_staff", "rpild_policy: lax", "cases:", "is `lax`, for which there is no case"
    ),
    Mistake(T, "  show_reason", "    moon: new\n  show_reason", "moon: new", "`moon` decides nothing"),
    Mistake(T, "option: under_18}", "option: child}", "option: child", "`age` has no option `child`"),
    Mistake(T, "minimum: 0", "minimum: 130", "minimum: 130", "above the maximum"),
    Mistake(
        T,
        "        kind: choice",
        "        kind: choice\n        floor: {below: 18, option: no}",
        "floor: {below: 18, option: no}",
        "Only a number has a floor",
    ),
    Mistake(T, "    deferred: true", "    recheck: later", "id: I5", "No question decides `I5`"),
    Mistake(
        T,
        "    deferred: true",
        "    deferred: true\n    rule: {question: dm, met: [yes]}",
        "deferred: true",
        "deferred and has a rule",
    ),
    Mistake(
        T,
        "    rule: {question: other_ctd, met: [no], not_met: [yes]}",
        "    deferred: true",
        "key: other_ctd",
        "`other_ctd` serves no criterion",
    ),
    Mistake(T, "after: mda5", "after: mda6", "after: mda6", "no question `mda6` to stop after"),
    Mistake(T, "criteria: [I2, I3]", "criteria: [I9]", "criteria: [I9]", "no criterion `I9`"),
    Mistake(
        T, "criteria: [I2, I3]", "criteria: [E4]", "criteria: [E4]", "Nothing about `E4` is asked before"
    ),
    Mistake(T, "    covers_health: true\n", "", "acknowledgements:", "No acknowledgement covers health data"),
    Mistake(T, "who_sees: null", "who_sees: {en: x}", "who_sees", "`who_sees` is not given in `zh-Hans`"),
    Mistake(T, "retention_days: null", "retention_days: 90", "may_be_eligible: null", "told 90 days"),
]

LANGUAGES = [
    Mistake(EN, "  E4: you are in another clinical trial now\n", "", "reasons:", "`reasons.E4` is missing"),
    Mistake(ZH, "reasons:", "reasons:\n  E2: 原因", "E2: 原因", "has no `reasons.E2`"),
    Mistake(ZH, "      planned: 还没做，但已安排\n", "", "options:", "options.planned` is missing", nth=8),
    Mistake(EN, "    short: Age", "    shrt: Age", "shrt", "not known here"),
    Mistake(ZH, "  lung: 接", "  lungs: 接", "lungs:", "has no `notices.lungs`"),
    Mistake(ZH, "notices:", "notices:\n  other: 别的", "other: 别的", "does not stand in en"),
    Mistake(
        ZH,
        "  - 接下来大约有11个",
        "  # - 接下来大约有11个",
        "summary:",
        "`summary.3` stands in en but not here",
    ),
    Mistake(EN, "      not_tested: [not", "      not_asked: [not", "not_asked", "synonyms.not_asked"),
    Mistake(EN, "  A3_telegram_transfer:", "  A4_more:", "A4_more", "has no `acknowledgements.A4_more`"),
    Mistake(EN, "{criterion.I3}", "a lung wash", "facts:", "do not quote criterion `I3`"),
    Mistake(EN, ": {contacts}", ": many", "  - |-", "needs the placeholder {contacts}", nth=6),
    Mistake(EN, "title: Germs", "title: '{reason}'\n# Germs", "title:", "{reason}, which nothing fills in"),
    Mistake(EN, "title: Germs", "title: '{ Germs'\n#", "title:", "lonely brace"),
    Mistake(
        ZH, "{who_sees}{retention}", "{who_sees}", "您的回答属于健康信息", "lacks retention and adds nothing"
    ),
    Mistake(
        EN, '"Our server is in {value}."', '"Our server is here."', "server is here", "other placeholders"
    ),
    Mistake(EN, "<b>Where:</b> {data_location}", "", "data_location:", "`data_location` is used nowhere"),
    Mistake(
        EN, "fact: complaints", "fact: who_sees", "wordings:", "Nothing tells participants about `complaints`"
    ),
]

FORM = [
    Mistake(EN, "<b>The study</b>", "<h1>The study</h1>", "  - |-", "<h1> is not allowed"),
    Mistake(EN, "<b>The study</b>", "<b>The study", "  - |-", "<b> is not closed"),
    Mistake(EN, "<b>The study</b>", "The study</b>", "  - |-", "</b> closes nothing"),
    Mistake(EN, "<b>The study</b>", "The <a href='javascript:x'>study</a>", "  - |-", "href"),
    Mistake(EN, "<b>The study</b>", "<b class='x'>The study</b>", "  - |-", "takes no attributes"),
    Mistake(EN, "title: Germs and", "title: Germs &", "title:", "&amp;"),
    Mistake(EN, "title: Germs and", "title: Germs <3", "title:", "&lt;"),
    Mistake(EN, "title: Germs", "title: <!-- x --> Germs", "title:", "comments are not allowed"),
    Mistake(EN, "short: Age", "short: <b>Age</b>", "short: <b>", "plain text"),
    Mistake(EN, "short: Age", 'short: "Age\\nnow"', 'short: "Age', "on one line"),
    Mistake(EN, "18_or_older: 18 or", f"18_or_older: {'very ' * 9}old or", "18_or_older: very", "at most 40"),
    Mistake(EN, "title: Germs", f"title: {'Germs ' * 700}", "title:", "a message takes 4096"),
]

MEANING = [
    Mistake(
        EN, "      planned: [planned,", "      planned: [done, planned,", "[done, planned", "stands for both"
    ),
    Mistake(ZH, "      yes: 做过\n", "      yes: 没做过\n", "      no: 没做过", "“没做过” stands for both"),
    Mistake(
        EN, "short: Anti-MDA5 test", "short: Breathless", "short: Breathless", "would bring the emergency"
    ),
    Mistake(
        FTL_EN, "words-accept = ", "words-accept = no | ", "words-decline", "both `accept` and `decline`"
    ),
]

LUNGS = "    - words: [[lungs], [burn*"
RUN = "    - words: [[all], [my"
ALARMS = [
    Mistake(EN, LUNGS, "    - words: [[93-40], [burn*", "93-40", "a range without a number"),
    Mistake(EN, LUNGS, "    - words: [[my lungs], [burn*", "my lungs", "must be one word"),
    Mistake(EN, LUNGS, "    - words: [[lung?], [burn*", "lung?", "must be one word"),
    Mistake(EN, LUNGS, "    - words: [[lung~], [burn*", "lung~", "too short for ~"),
    Mistake(
        EN,
        LUNGS,
        "    - words: [[lungs, burning], [burn*",
        "[lungs, burning]",
        "“burning” stands in two lists",
    ),
    Mistake(ZH, "[[心跳, 心脏],", "[[心跳, 心*],", "心*", "must be characters only"),
    Mistake(ZH, "[[心跳, 心脏],", "[[心跳, 心停],", "心停", "“心停” stands in two lists"),
    Mistake(ZH, "[[心跳, 心脏],", "[[],", "[[],", "is empty"),
    Mistake(EN, RUN, "    - words: [[-, all], [my", "[[-, all]", "begin with a word that may be missing"),
    Mistake(EN, "[[quality], [of], [life]]", "[[quality], [-, of]]", "[[quality]", "hide a single word"),
    Mistake(EN, RUN, "    - words: [[in all], [my", "[[in all]", "“in all” must be one word"),
]

BOT_WORDS = [
    Mistake(FTL_ZH, "choice-submit =", "choice-send =", "choice-send", "does not stand in en"),
    Mistake(FTL_EN, "stale-tap =", "stale-taps =", "# ", "`stale-taps` stands in en but not here", FTL_ZH),
    Mistake(FTL_ZH, "{ $number }", "{ $numero }", "$numero", "are not those in en"),
    Mistake(FTL_ZH, "stale-tap = ", "stale-tap = { $", "stale-tap", "not Fluent"),
    Mistake(FTL_EN, "stale-tap = ", "stale-tap = <u>x</u> ", "stale-tap", "<u> is not allowed"),
    Mistake(FTL_EN, "choice-back = ", "choice-back = <b>x</b> ", "choice-back", "plain text"),
    Mistake(FTL_EN, "choice-back = ", f"choice-back = {'x' * 41}", "choice-back", "at most 40"),
    Mistake(
        FTL_EN, "profile-short = ", f"profile-short = {'x' * 121}", "profile-short", "Telegram takes 120"
    ),
    Mistake(
        FTL_EN, "stale-tap = ", "choice-back = Back\nstale-tap = ", "choice-back", "stands here twice", nth=2
    ),
    Mistake(FTL_EN, "language-name = ", "language-names = ", "# The bot", "`language-name` is missing"),
]

DIALOGUES = [
    Mistake("dialogues/fits.txt", "= recheck: none", "= recheck: bal_done", "recheck: bal_done", "is `none`"),
    Mistake("dialogues/fits.txt", "> [Submit]", "> [Send]", "> [Send]", "no button [Send], but: Submit"),
    Mistake("dialogues/fits.txt", "= recheck:", "= weather:", "= weather", "no `weather`"),
    Mistake("dialogues/fits.txt", "= recheck:", "recheck:", "recheck:", "A line begins with"),
    Mistake("dialogues/fits.txt", "---\n", "", "# Somebody", "no line `---`"),
    Mistake("dialogues/fits.txt", "phone: en\n", "", "# Somebody", "lacks `phone"),
    Mistake("dialogues/fits.txt", "phone: en\n", "phone: en\nmoon: new\n", "moon: new", "has no `moon`"),
    Mistake("dialogues/fits.txt", "> /start", "> hello", "> hello", "begins with `> /start`"),
    Mistake(
        "dialogues/fits.txt", "> /start", "= status: completed\n> /start", "= status", "Nothing has begun"
    ),
    Mistake("dialogues/not_willing.txt", "< Thank you", "< Thanks", "< Thanks", "The bot said:"),
    Mistake("dialogues/declined.txt", "= status", "< More.\n= status", "< More.", "nothing more"),
    Mistake(
        EN,
        "Thank you for telling us.",
        "Thanks.",
        "< Thank you",
        "The bot said:",
        "dialogues/not_willing.txt",
    ),
]

ALL = [*SYNTAX, *REFERENCES, *LANGUAGES, *FORM, *MEANING, *ALARMS, *BOT_WORDS, *DIALOGUES]


@pytest.mark.parametrize("mistake", ALL, ids=lambda mistake: mistake.says[:40])
def test_a_mistake_is_found_where_it_is(mistake: Mistake, tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    copy.edit(mistake.file, mistake.old, mistake.new)
    there = mistake.there or mistake.file
    expected = (str(copy.path(there)), copy.line_of(there, mistake.at, mistake.nth))
    problems = copy.errors()
    here = [problem.what for problem in problems if (problem.file, problem.line) == expected]
    assert any(mistake.says in what for what in here), (expected, problems)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    for mistake in (REFERENCES[5], LANGUAGES[0], FORM[0], BOT_WORDS[3]):
        copy.edit(mistake.file, mistake.old, mistake.new)
    with pytest.raises(ContentError) as refused:
        load_trial(copy.folder, copy.locales)
    for says in ("no question `dn`", "`reasons.E4` is missing", "<h1> is not allowed", "not Fluent"):
        assert says in str(refused.value)
