"""From a participant's words to a reviewer's decision, as both of them live it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.content.bundle import Bundle
from bot.domain.case_actions import Answer, Claim, Decide, EndTalk, HandOver, Note, Undo
from bot.domain.case_events import Closing, Decision, ParticipantWrote, Reason, ReasonKind
from bot.domain.events import AnswerDelayed, WroteToTeam
from bot.domain.review import Priority, State
from bot.domain.staff import OPERATOR, IdentityViewed, Role, Staff
from bot.domain.trial import StaffPolicy, Verdict
from bot.service.figures import figures, screening_log
from bot.service.register import change_staff, recorded, remove_staff
from bot.service.review_ports import NotAllowed
from bot.service.review_reading import case_view
from bot.service.review_views import CaseView, Speaker
from bot.storage.verifying import verify
from tests.talk import Phone, World, open_world

NOT_SURE = ("45", "Yes", "Yes", "Not sure", "No", "Yes", "No", "No", "No")


async def begin(world: World, phone: Phone, payload: str = "") -> None:
    await world.send(phone, f"/start {payload}".strip())
    await world.tap(phone, phone.labels()[0])
    for _ in range(3):
        await world.tap(phone, phone.labels()[0])


async def finish(world: World, phone: Phone, *answers: str) -> None:
    for said in answers or NOT_SURE:
        if "Submit" in phone.labels():
            break
        await world.send(phone, said)
    await world.tap(phone, "Submit")


async def view(world: World, name: str = "Wang", **more: bool) -> CaseView:
    (row,) = await world.cases()
    who = await world.colleague(name)
    return await case_view(world.office, row.case, who.id, now=world.now, **more)


async def sound(world: World) -> None:
    report = [report async for report in verify(world.store)][-1]
    assert report.findings == []


async def test_unknown_criteria_open_a_case_that_names_them(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei, "NCT06203249_flyer")
        assert await world.cases() == [], "nobody is a case before there is something to look at"
        await finish(world, mei)
        (row,) = await world.cases()
        assert (row.priority, row.state, row.source) == (Priority.UNDETERMINED, State.OPEN, "flyer")
        assert Reason(ReasonKind.UNDETERMINED, "I1") in row.reasons
        await world.tap(mei, "Yes, contact me")
        (row,) = await world.cases()
        assert row.priority is Priority.WANTED
        page = await view(world)
        assert {each.id for each in page.criteria} == {c.id for c in bundle.trial.criteria}
        i1 = next(each for each in page.criteria if each.id == "I1")
        assert (i1.verdict, i1.why) == (Verdict.UNKNOWN, "why-left-open")
        assert [said.answered for said in i1.said] == ["Yes", "Not sure"]
        assert i1.wording.startswith("Patients who meet the diagnostic criteria")
        await sound(world)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
async def test_a_case_shows_what_was_said_in_both_languages(
    tmp_path: Path, bundle: Bundle, language: str
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone(language)
        await begin(world, mei)
        await world.send(mei, "45")
        await world.send(mei, "/contact")
        page = await view(world)
        i4 = next(each for each in page.criteria if each.id == "I4")
        (said,) = i4.said
        assert said.answered == "45"
        assert (said.asked_in_english or said.asked).startswith("How old are you?")
        assert ("多大" in said.asked or "几岁" in said.asked or "岁" in said.asked) == (language != "en")
        assert (said.asked_in_english is None) == (language == "en")
        assert [each.key for each in page.snippets] == list(bundle.trial.snippets)
        assert all((each.in_english is None) == (language == "en") for each in page.snippets)


async def test_the_transcript_is_what_the_person_saw(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "45")
        await world.send(mei, "what samples?")
        await world.tap(mei, "Yes, pass it on")
        await world.act(Answer(snippet="more_time"))
        await world.send(mei, "<b>thank you</b> & bye")
        page = await view(world)
        shown = [line.html for line in page.transcript if line.speaker in {Speaker.BOT, Speaker.TEAM}]
        assert shown == [message.html for message in mei.messages]
        team = [line for line in page.transcript if line.speaker is Speaker.TEAM]
        assert ["more" in line.html or "waiting" in line.html for line in team] == [True]
        said = [line.html for line in page.transcript if line.speaker is Speaker.PARTICIPANT and line.html]
        assert said == ["45", "what samples?", "&lt;b&gt;thank you&lt;/b&gt; &amp; bye"]
        assert [entry.kind for entry in page.history][-2:] == ["ParticipantWrote", "AnswerPromised"]
        assert page.history[-2].by == "participant"


async def test_whoever_says_yes_is_never_left_uncalled(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await finish(world, mei, "45", "Yes", "Yes", "No, negative")
        await world.tap(mei, "Yes, contact me")
        (row,) = await world.cases()
        assert row.reasons == (Reason(ReasonKind.CONTACT),)


async def test_what_is_written_to_the_team_is_kept_with_its_history(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        case = await world.act(Answer(snippet="ask_call"))
        assert case.state is State.WAITING
        await world.send(mei, "on Monday")
        await world.edit(mei, "on Tuesday")
        async with world.store.looking() as reading:
            history = await reading.cases.history(case.id)
        written = [event for event in history if isinstance(event, ParticipantWrote)]
        assert [(event.text, event.edited) for event in written] == [
            ("on Monday", False),
            ("on Tuesday", True),
        ]
        (row,) = await world.cases()
        assert (row.state, row.due_by is not None) == (State.CLAIMED, True)
        await world.act(EndTalk(), case.id)
        await sound(world)


@pytest.mark.parametrize("talking", [True, False])
async def test_every_emergency_stands_in_the_history_of_its_case(
    tmp_path: Path,
    bundle: Bundle,
    talking: bool,  # noqa: FBT001 -- a table
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "my chest hurts and I cannot breathe")
        case = await world.act(Answer(snippet="ask_call") if talking else Claim())
        for words in ("it is worse, I cannot breathe at all", "I am choking"):
            await world.send(mei, words)
        async with world.store.looking() as reading:
            history = await reading.cases.history(case.id)
        written = [event.text for event in history if isinstance(event, ParticipantWrote)]
        assert written == ["it is worse, I cannot breathe at all", "I am choking"]
        (row,) = await world.cases()
        assert (row.state, row.due_by is not None) == (State.CLAIMED, True)
        await sound(world)


async def test_what_is_written_before_the_consent_is_not_kept(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await world.send(mei, "/contact")
        case = await world.act(Answer(snippet="more_time"))
        await world.send(mei, "when can I come?")
        async with world.store.looking() as reading:
            history = await reading.cases.history(case.id)
        (written,) = [event for event in history if isinstance(event, ParticipantWrote)]
        assert written.text is None
        events = await world.events(case.conversation)
        assert [event.text for event in events if isinstance(event, WroteToTeam)] == [None]
        assert "I have not saved your words" in mei.newest


async def test_a_minor_and_whoever_declines_leave_an_empty_case(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "what is this about?")
        await world.tap(mei, "Yes, pass it on")
        case = (await world.act(Note("seems young"))).id
        await world.send(mei, "15")
        assert await world.cases() == []
        (row,) = await world.cases(resolved=True)
        assert (row.case, row.reasons) == (case, ())
        async with world.store.looking() as reading:
            stored = await reading.cases.look(case)
            assert len(await reading.cases.history(case)) == 1
        assert stored
        assert stored.case.closed is Closing.FORGOTTEN
        with pytest.raises(NotAllowed):
            await world.act(Answer(snippet="more_time"), case)
        await sound(world)


async def test_stopping_closes_a_case_and_ends_the_talk(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        case = await world.act(Answer(snippet="ask_call"))
        await world.send(mei, "/stop")
        (row,) = await world.cases(resolved=True)
        assert (row.case, row.talking, row.due_by) == (case.id, False, None)
        with pytest.raises(NotAllowed, match="review-not-now"):
            await world.act(Claim(), case.id)
        await sound(world)


async def test_whoever_goes_on_after_stopping_still_waits_for_the_team(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        (asked,) = await world.cases()
        await world.send(mei, "/stop")
        assert await world.cases() == []
        await world.tap(mei, "Go on where I was")
        again = [(row.case, row.state, row.reasons, row.due_by) for row in await world.cases()]
        promised = world.now + timedelta(hours=48)
        assert again == [(asked.case, State.REOPENED, asked.reasons, promised)], "the promise begins anew"
        await sound(world)


async def test_whoever_was_a_minor_by_a_slip_still_waits_for_the_team(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        (asked,) = await world.cases()
        await world.tap(mei, "Under 18")
        assert await world.cases() == [], "of a minor nothing stands there"
        await world.send(mei, "/review")
        await world.tap(mei, "Change an answer")
        await world.send(mei, "1")
        assert await world.cases() == []
        await world.send(mei, "45")
        again = [(row.case, row.state, row.reasons) for row in await world.cases()]
        assert again == [(asked.case, State.REOPENED, asked.reasons)]
        await sound(world)


async def test_going_on_after_stopping_opens_nothing_that_staff_decided(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        await world.act(Decide(Decision.REFERRED))
        await world.send(mei, "/stop")
        await world.tap(mei, "Go on where I was")
        assert await world.cases() == []
        lin = world.phone()
        await begin(world, lin)
        await world.send(lin, "/stop")
        await world.tap(lin, "Go on where I was")
        assert await world.cases() == [], "nobody is a case who asked for nobody"
        await sound(world)


async def test_erasure_in_a_talk_empties_everything(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        case = await world.act(Answer(snippet="ask_call"))
        await world.send(mei, "on Monday")
        await world.send(mei, "/delete")
        await world.tap(mei, "Erase my answers")
        (row,) = await world.cases(resolved=True)
        assert (row.case, row.reasons, row.source) == (case.id, (), None)
        page = await case_view(world.office, case.id, (await world.colleague()).id, now=world.now)
        assert not page.may_write
        assert not page.actions
        assert all(line.speaker is not Speaker.TEAM for line in page.transcript)
        await sound(world)


async def test_nobody_is_written_to_who_said_no(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await finish(world, mei)
        await world.tap(mei, "No, thank you")
        seen = len(mei.messages)
        with pytest.raises(NotAllowed, match="review-no-permission"):
            await world.act(Answer(snippet="more_time"))
        await world.wait(timedelta(days=3))
        assert len(mei.messages) == seen, "nor told that an answer is late, which they did not want"


async def test_free_text_where_the_trial_allows_it(tmp_path: Path, bundle: Bundle) -> None:
    free = replace(bundle, trial=replace(bundle.trial, staff=StaffPolicy(free_text=True)))
    async with open_world(tmp_path, free) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        await world.act(Answer("Is <b>Monday</b> & Tuesday good?"))
        assert "Is &lt;b&gt;Monday&lt;/b&gt; &amp; Tuesday good?" in mei.messages[-1].html
        assert "Person from the study team" in mei.newest


async def test_a_late_answer_is_told_once_and_is_an_event(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        (row,) = await world.cases()
        for _ in range(3):
            await world.wait(timedelta(days=2, minutes=1))
        events = await world.events((await world.exported())[0]["conversation"])
        assert sum(isinstance(event, AnswerDelayed) for event in events) == 1
        assert sum("have not answered yet" in message.html for message in mei.messages) == 1
        (row,) = await world.cases()
        assert row.overdue
        await sound(world)


async def test_a_pause_is_kept_when_an_answer_is_late(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        await world.send(mei, "/pause")
        seen, told = len(mei.messages), len(world.staff.messages)
        await world.wait(timedelta(days=3))
        assert len(mei.messages) == seen, "silence was promised"
        assert len(world.staff.messages) == told + 1


async def test_deciding_ends_the_talk_and_is_exported(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await finish(world, mei)
        await world.tap(mei, "Yes, contact me")
        await world.act(Answer(snippet="not_fit"))
        await world.act(Decide(Decision.NOT_ELIGIBLE, "I3", "had none"))
        assert "The talk with the study team has ended" in mei.newest
        (exported,) = await world.exported()
        assert exported["review"] == {"status": "resolved", "decision": "not_eligible", "reason": "I3"}
        who = (await world.colleague()).id
        (line,) = [line async for line in screening_log(world.office, who)]
        assert (line.decision, line.criterion, line.undetermined[:1]) == ("not_eligible", "I3", ("I1",))
        since, until = world.now - timedelta(days=1), world.now + timedelta(days=1)
        plotted = await figures(world.office, who, since=since, until=until)
        assert plotted.funnel["contact_permitted"] == plotted.funnel["opened"] == 1
        assert plotted.agreement == {("needs_review", "not_eligible"): 1}
        assert plotted.hours_to_answer[0] < 1
        (row,) = await world.cases(resolved=True)
        await world.act(Undo("the wrong person"), row.case)
        assert [each.state for each in await world.cases()] == [State.REOPENED]
        await sound(world)


async def test_a_later_round_is_a_case_of_its_own_that_knows_the_first(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await finish(world, mei)
        await world.tap(mei, "Yes, contact me")
        first = await world.act(Decide(Decision.UNREACHABLE))
        await world.send(mei, "/start")
        await world.tap(mei, "Start a new round")
        await world.tap(mei, "Start")
        for _ in range(3):
            await world.tap(mei, mei.labels()[0])
        await finish(world, mei)
        page = await view(world)
        assert page.earlier == (first.id,)
        assert Reason(ReasonKind.REPEAT) in page.case.reasons
        # The team writes about the first round while the person is in the second one.
        await world.act(Undo("she came back"), first.id)
        await world.act(Answer(snippet="ask_call"), first.id)
        await world.send(mei, "on Monday")
        async with world.store.looking() as reading:
            assert any(isinstance(e, ParticipantWrote) for e in await reading.cases.history(first.id))
        await sound(world)


async def test_identity_is_seen_by_those_who_may_and_each_look_is_recorded(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        await world.colleague("Li", Role.COORDINATOR, sees_identity=True)
        with pytest.raises(NotAllowed, match="review-no-identity"):
            await view(world, with_identity=True)
        await view(world, "Li", with_identity=True)
        looks = [event for _, event in await recorded(world.office) if isinstance(event, IdentityViewed)]
        assert [event.by for event in looks] == [(await world.colleague("Li")).id]


async def test_handing_over_goes_to_colleagues_who_work_on_cases(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begin(world, mei)
        await world.send(mei, "/contact")
        await world.act(Claim())
        auditor = await world.colleague("Chen", Role.AUDITOR)
        for nobody in (auditor.id, "stranger"):
            with pytest.raises(NotAllowed, match="review-no-colleague"):
                await world.act(HandOver(nobody))
        li = await world.colleague("Li")
        assert (await world.act(HandOver(li.id))).claimed_by == li.id


async def test_an_administrator_cannot_leave_nobody_to_keep_the_register(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        admin = await world.colleague("Zhao", Role.ADMINISTRATOR)
        with pytest.raises(NotAllowed, match="review-last-administrator"):
            await remove_staff(world.office, admin.id, by=admin.id, now=world.now)
        other = await world.colleague("Qian", Role.ADMINISTRATOR)
        await remove_staff(world.office, admin.id, by=other.id, now=world.now)


async def test_nobody_changes_what_they_may_do_themselves(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        admin = await world.colleague("Zhao", Role.ADMINISTRATOR)
        await world.colleague("Qian", Role.ADMINISTRATOR)

        async def change(by: str) -> Staff:
            roles = [Role.ADMINISTRATOR]
            return await change_staff(world.office, admin.id, roles, sees_identity=True, by=by, now=world.now)

        with pytest.raises(NotAllowed, match="review-not-yourself"):
            await change(admin.id)
        assert (await change(OPERATOR)).sees_identity, "the command line may do all"
