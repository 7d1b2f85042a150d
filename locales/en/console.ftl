# The words of the staff console in English. What participants read stands in bot.ftl and in the trials.

console-name = Console
skip = Skip to the content
nav = Pages
nav-queue = Queue
nav-figures = Figures
nav-log = Screening log
nav-audit = Audit trail
nav-trials = Trials
nav-staff = Staff
menu = Language
continue = Continue
back-to-queue = Back to the queue
back-to-case = Back to the case
back-to-staff = Back to the staff
typed-text = What you wrote
typed-reason = The reason you wrote
typed-name = The name you wrote
typed-note = The note you wrote
typed-telegram = The Telegram number you wrote
typed-hint = This was not kept. Copy it from here before you go on.

## Signing in

sign-in = Sign in
sign-in-step-1 = Open your private chat with the bot in Telegram.
sign-in-step-2 = Send it
sign-in-step-3 = Open the link it sends you. It works once, for ten minutes.
sign-in-without = Without Telegram: ask whoever runs the bot for a link.
sign-out = Sign out
demo-sign-in-hint = This is a demo on this machine. Everybody here is made up.
link-hint = Only sign in on a device that is yours.
link-message = Sign in to the console here: { $link } – The link works once, for ten minutes. If you did not ask for it, do nothing.
link-over = This link does not work any more
link-over-hint = Links work once, for ten minutes. For a new one send the bot
code = One-time code
code-set-up = You can see who people are, or change who can, so a second step protects your account. Scan this with an authenticator app, then type the six digits that it shows.
code-picture = A QR code for your authenticator app
code-by-hand = Or type this into the app:
code-hint = Type the six digits that your authenticator app shows now.
code-label = Six digits
prove = Please show once more that it is you
prove-hint = This step needs a fresh sign-in. Open a new link from the bot:
refused-title-400 = This was not understood
refused-title-403 = This is not allowed
refused-title-404 = There is nothing here
refused-title-405 = This was not done
refused-title-409 = This was not done
refused-title-413 = That is too much at once
refused-title-421 = This is another address
refused-title-500 = Something went wrong
refused-title-503 = The records cannot be reached now
refused-400 = What was sent is not what a page of this console sends. Please go back, load the page again, and try once more.
refused-404 = This address leads to no page. It may be old, or cut off.
refused-405 = This address does not take what was sent. Please go back and try again.
refused-413 = What was sent is too long. Please go back and shorten it.
refused-421 = The console does not answer under this address. Please open it by the address that your administrator told you.
refused-500 = This was our mistake, not yours. It has been written down. Please go back and look whether your change was made.
refused-store = The database does not answer at the moment. Nothing was changed. Please try again in a moment; if it stays like this, tell whoever runs the bot.
refused-form = This form is too old, or did not come from this page. Please go back, load the page again, and try once more.
refused-role = Your role does not allow this. Ask an administrator of your team.
review-link-over = This link does not work any more. Ask the bot for a new one with /console.
review-too-many-links = You asked for many links within an hour. Please wait a while.
review-enrolled = An authenticator app is set up already. Ask an administrator if you lost it.
review-not-enrolled = You are not signed in any more. Please sign in again.
review-code-wrong = This code is not right, or was used already. Wait for the next one and try again.
review-code-locked = Too many wrong codes. Please wait and try again later: a quarter of an hour the first time, then longer. If it was not you, tell an administrator.
review-code-out = Too many wrong codes, so you were signed out. Please open a new link.
review-no-code-needed = You need no one-time code.
review-sign-in-again = To set up an authenticator app, please sign in again with a new link.
role-coordinator = Coordinator
role-investigator = Investigator
role-auditor = Auditor
role-administrator = Administrator

## The queue

which-cases = Which cases
tab-free = Needs someone
tab-mine = Mine
tab-all = All open
tab-away = For later
tab-done = Done
priority = How pressing
priority-any = Any priority
priority-urgent = Urgent
priority-wanted = Wants to hear from you
priority-undetermined = To be judged
priority-info = To note
trial = Trial
trial-any = Any trial
filter = Filter
find = Find
find-code = Find a code
overdue = { $n ->
    [one] { $n } is late
   *[other] { $n } are late
  }
claim = Claim
claim-code = Claim { $code }
more = Show more
talking = A person is talking
away-until = until { $time }
state-open = Open
state-claimed = Claimed
state-waiting = Waiting for the participant
state-resolved = Done
state-reopened = Opened again
reason-urgent = Emergency
reason-contact-permitted = Wants to be contacted
reason-person-requested = Asked for a person
reason-question-for-team = Left a question
reason-undetermined = { $about } not known
reason-contradiction = Answers that do not go together
reason-comprehension-failed = Key facts not understood
reason-repeat-screening = Was here before
reason-contact-withdrawn = Took contact back
views = Saved views
views-full = You have { $n } views, and there is room for no more. Forget one to save another, or use the name of one to change it.
view-name = Name for what is shown now
view-save = Save this view
view-forget = Forget
view-forget-this = Forget the view { $name }
urgent-mine = { $n } urgent
urgent-elsewhere = { $n ->
    [one] A colleague holds an urgent case. Look at it
   *[other] Colleagues hold { $n } urgent cases. Look at them
  }
nothing-free = Nobody is unclaimed.
nothing-mine = You hold no case.
nothing-all = There is no open case.
nothing-away = No case is set aside for later.
nothing-done = No case is done yet.
nothing-found = There is no case with this code.
nothing-found-hint = Type the whole code: of a case, of a talk, or of a participant (who sees it with /mydata).
span-minutes = { $n } min
span-hours = { $n } h
span-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
  }
ago = { $span } ago
due-in = answer or decide within { $span }
due-now = look now; answer or decide within { $span }
due-over = { $span } late

## A case

times-in = Times are in { $zone }.
code-person = Participant
code-talk = Talk
set-aside = Set aside until
set-aside-late = This is later than an answer is due.
second-waits = Waits for a second opinion; { $name } decided
second-own = You decided this: a colleague must agree.

release = Give back
wake = Take up again
criteria = Criteria
bot-outcome = The bot told them
outcome-may_be_eligible = may be eligible
outcome-likely_not_eligible = likely not eligible
outcome-needs_review = needs review
outcome-none = nothing yet
contact = Contact
contact-yes = permitted
contact-no = not wanted
contact-unasked = not asked
verdict-met = met
verdict-not_met = not met
verdict-unknown = not known
verdict-not_asked = not asked
verdict-deferred = at the site
verdict-excluded-met = does not apply
verdict-excluded-not_met = applies
transcript = The talk, as the person saw it
on-its-way = on its way
show-identity = Show who this is
identity = Who this is
identity-noted = That you looked is in the audit trail.
reply = Write to the person
reply-own = In your own words
reply-none = This trial has no approved replies, and does not allow free text.
reply-not-permitted = This person did not ask to be contacted, so nobody may write to them.
send = Send
end-talk = End the talk: the bot goes on
decide = Decide
decide-by-another = Not eligible by another criterion
decide-other = Something else, or a reason for colleagues
decide-reason = Reason, kept with whichever decision you tap
decided = Decided
decision-confirmed_may_be_eligible = May be eligible: confirmed
decision-not_eligible = Not eligible
decision-unreachable = Could not be reached
decision-withdrew = Withdrew
decision-duplicate = Same person as another case
decision-referred = Passed on elsewhere
decision-other = Something else
second-reason = Your reason
second-agree = I agree
second-disagree = I do not agree
undo = Undo the decision
undo-reason = Why is it undone?
notes-and-history = Notes and history
note = Note for colleagues
note-keep = Keep the note
other = Later, or somebody else
snooze = Set aside for later:
snooze-hours = 4 hours
snooze-tomorrow = tomorrow morning
snooze-week = a week
hand-over = Hand over to
hand-over-do = Hand over
review-views-full = You have as many saved views as there is room for. Forget one first.
review-words-missing = There was nothing written.
review-words-too-many = That is too long for one message.
review-decision-missing = No decision was chosen.
by-participant = the participant
by-system = automatically

## What happened in a case

did-CaseOpened = Opened
did-ReasonAdded = One more reason
did-ReasonRemoved = A reason is gone
did-AnswerPromised = To be answered or decided
did-Claimed = Claimed
did-Released = Given back
did-HandedOver = Handed over
did-Snoozed = Set aside for later
did-Woken = Taken up again
did-NoteAdded = Note
did-ReplySent = Wrote to the person
did-ParticipantWrote = The person wrote
did-EmergencyTold = The person told of an emergency
did-TalkOver = The talk ended
did-Decided = Decided
did-DecisionUndone = Decision undone
did-SecondReviewAsked = Waits for a second reviewer
did-SecondReviewGiven = Second review
did-Reopened = Opened again
did-Alarmed = It became late
did-CaseClosed = Closed

## Why a criterion stands as it does

why-met = The answers meet it.
why-not-met = An answer does not meet it.
why-excluded-met = By the answers, this does not apply.
why-excluded-not-met = By an answer, this applies.
why-not-asked = It was not asked: the talk ended before.
why-at-site = It is decided at the site.
why-contradiction = The answers do not go together, so a human decides.
why-staff-decide = The bot never decides this one: a human does.
why-declined = The person preferred not to say.
why-left-open = The answers leave this open.

## Why something was not done

review-criterion-needed = Please say which criterion of this trial rules it out.
review-empty = There was nothing written.
review-erased = What this person said is no longer kept. Nothing can be done here any more.
review-last-administrator = This is the only administrator. Make somebody else one first.
review-no-colleague = This colleague cannot take cases.
review-no-identity = You may not see who people are. Ask an administrator.
review-no-permission = This person did not ask to be contacted, so nobody may write to them.
review-no-role = Please choose at least one role.
review-no-second = No second review is asked for.
review-no-snippet = This approved reply does not exist in the person's language.
review-no-talk = Nobody is talking with this person.
review-not-allowed = Your role does not allow this.
review-not-now = This cannot be done as the case stands now. Load the page again.
review-not-yourself = What you may do yourself, another administrator changes.
review-not-yours = A colleague holds this case. Ask them to hand it over.
review-nothing-to-undo = There is no decision to undo.
review-own-decision = A second review must be somebody else's.
review-past = Please choose a time that is still to come.
review-reason-needed = Please write why.
review-second-asked = This case waits for a second reviewer.
review-snippets-only = This trial allows approved replies only.
review-taken = A colleague was faster: the case is theirs.
review-telegram-taken = That Telegram account belongs to somebody else on the team.
review-trial-gone = This trial is no longer offered here.
review-unknown-case = There is no such case.

## What happened in a talk, where nobody said it in words

event-ScreeningOpened = Opened the screening
event-LanguageAsked = Asked for another language
event-LanguageChosen = Chose a language
event-IntroductionRead = Read the summary and went on
event-IntroductionReopened = Went back to the summary
event-ConsentAcknowledged = Agreed to a point
event-ConsentDeclined = Did not agree to a point
event-ConsentReopened = Went back to a point
event-AnswerRecorded = Answered
event-ChangeAsked = Asked which answers can be changed
event-ChangeBegan = Began to change an answer
event-ChangeLeft = Changed nothing
event-OutcomeReached = Submitted, and was told the result
event-ContactAnswered = Answered whether the team may write
event-ContactReopened = Was asked about contact again
event-MinorRecognised = Said to be under 18: everything else was forgotten
event-StopUndone = Went on after all
event-NewRoundOffered = Came back after the end
event-NewRoundDeclined = Left it as it is
event-PersonRequested = Asked for a person
event-QuestionTyped = Wrote something for a person
event-QuestionPassedOn = Passed a question on
event-QuestionDropped = Did not pass it on
event-EmergencyNoticed = Told of an emergency
event-EmergencyAcknowledged = Went on after the safety text
event-Paused = Paused
event-Resumed = Came back after a pause
event-RemindersAnswered = Answered whether to be reminded
event-Reminded = Was reminded
event-RecheckAnswered = Answered whether to be asked again
event-RecheckInvited = Was invited to look again
event-Stopped = Ended the screening
event-Expired = Closed after a long silence
event-ErasureAsked = Asked to be erased
event-ErasureCancelled = Kept the answers
event-Erased = Erased
event-TeamWrote = The team wrote
event-WroteToTeam = Wrote to the team
event-TalkEnded = The talk with the team ended
event-AnswerDelayed = Was told that the answer is late
event-PromptShown = Was told why an answer was not taken
event-CopyRequested = Asked for a file with everything kept
event-RetentionEnded = The time for keeping was over
event-NewRoundBegan = Began a new round
event-ConsentMessageNoted = The message of an agreement was noted
event-ConsentCarriedOver = An earlier agreement was carried over
event-ConsentTextChanged = Words agreed to had changed
event-ConsentWithdrawn = Took back an agreement
event-IdentityShared = Left a phone number or a name
event-IdentityDeclined = Did not leave a phone number or a name
event-IdentityWithdrawn = A phone number or a name was removed
event-NameTyped = Typed a name
event-NameDropped = Wanted to type the name again
event-AgreementsOpened = Looked at what was agreed to
event-AgreementsSent = Was sent a copy of what was agreed to
event-AgreementsLeft = Went back from what was agreed to
event-ComprehensionAnswered = Answered a check question
event-ComprehensionScored = The check of the key facts was over

## Live pages and keys

news = Something new happened in this case.
news-queue = The queue has changed.
changed = This case has changed meanwhile. It is now: { $now }.
changed-written = { $last } wrote to the person.
changed-choices = The criteria to choose from have changed.
changed-kept = What you began is still here.
changed-take = Go on with what can be done now
changed-drop = Show what can be done now, without what I wrote
keys = Keyboard shortcuts
keys-on = Single keys do something on this device
keys-step = Next and previous case
jump = On this page
jump-reply = Reply
jump-decide = Decide
jump-talk = Talk
jump-notes = Notes
flags = Flags
flag-urgent = Emergency
flag-contact = Asked for a person
flag-question = Left a question
flag-repeat = Was here before
flag-comprehension = Key facts not understood
flag-past-trial = Was in another trial before
reply-approved = Approved replies. One tap sends it.
did-to = to { $name }
did-changed = Changed a message afterwards:
did-no-words = (What was written is not kept.)
did-told-yes = The person was told that the answer is late.
did-told-no = The person was not told.
closed-erased = The person was erased.
closed-forgotten = Nothing that was said stays.
closed-withdrew = The person withdrew.
closed-settled = Answers were changed, and nothing is left to look at.
closed-retention = The time for keeping what was said was over.

## Staff

staff-prove = To change who is on the team, please show first that it is you
staff-you = (you)
staff-may = What this person may do
role-is-coordinator = Claims cases, writes, decides.
role-is-investigator = Does so too, and may take a case from a colleague who is away.
role-is-auditor = Reads everything, changes nothing.
role-is-administrator = Keeps this list. Decides no case.
sees-identity = Sees who people are
sees-identity-is = Name and phone number. Needs a one-time code at each sign-in.
staff-change = Change or remove
staff-keep = Keep this
staff-remove = Remove { $name }
staff-remove-hint = Signed out at once. The cases they hold are free again.
staff-reset = Reset the authenticator app
staff-reset-hint = For somebody whose phone is lost or new. Make sure that it is they who ask. They are signed out at once, and set up the app again when they next sign in.
staff-remove-do = Yes, remove from the team
staff-reset-do = Yes, reset it now
staff-done-roles = What this person may do was kept.
staff-done-reset = The authenticator app was reset, and the person signed out.
staff-done-removed = The person was removed from the team, and signed out.
staff-add = Add somebody
staff-name = Name, as colleagues see it
staff-telegram = Telegram number
staff-telegram-hint = The number of their Telegram account, not their phone number. They sign in by sending /console to the bot. Leave it empty for somebody without Telegram: whoever runs the bot then makes their links.
staff-left = No more on the team
review-telegram-odd = A Telegram number has digits only.
review-no-member = Nobody on the team has this account any more.

## Audit trail

audit-hint = What happened to the installation as a whole. What happened in a case stands on its page.
audit-check = Check all records
audit-fine = All records are as they were written.
audit-wrong = { $n ->
    [one] { $n } thing is not as it was written.
   *[other] { $n } things are not as they were written.
  }
audit-counted = { $talks } talks and { $events } events were checked.
audit-checked = Checked:
audit-when = When
audit-who = Who
audit-what = What
audit-more = More
by-operator = the operator
audit-StaffAdded = Added to the team
audit-RolesChanged = Roles changed
audit-StaffRemoved = Removed from the team
audit-FactorSetUp = Set up an authenticator app
audit-FactorReset = Authenticator reset for
audit-LinkMade = Sign-in link made for
audit-SignedIn = Signed in
audit-SignInRefused = Sign-in refused
audit-SignedOut = Signed out
audit-IdentityViewed = Looked who a person is
audit-Exported = Exported
audit-BackupMade = Backup made, rows:
audit-BackupRestored = Backup put back, its time and rows:
audit-KeysRewrapped = Encryption key changed, keys:
how-link = by a link
how-code = with a one-time code
how-screening-log = the screening log
how-conversations = all conversations
how-conversations-with-answers = all conversations with answers

## Screening log and figures

since = From
until = To
log-count = { $n ->
    [one] { $n } talk in these days.
   *[other] { $n } talks in these days.
  }
log-hint = Counted anew every minute; the file always.
log-newest = The newest { $n } are shown; the file has all.
log-file = Save as a file (CSV)
log-none = Nobody opened a screening in these days.
log-code = Code
log-trial = Trial
log-day = Day
log-language = Language
log-source = Came from
log-status = Stands
log-outcome = Told
log-criteria = Criteria
log-against = ruled out by
log-review = Case
log-decision = Decision
status-in_progress = under way
status-completed = completed
status-declined = declined
status-stopped = ended by the person
status-incomplete = not finished
status-erased = erased
figures-hint = Talks opened in these days. Counted anew every five minutes.
figures-median = Half of { $n } first answers came within { $hours } h.
figures-none = (not known)
figures-nothing = Nothing to count yet.
figures-funnel = How far people come
figures-stopped = Where those are who have no result
figures-outcomes = What the bot told them
figures-decisions = What staff decided
figures-hours = Time to the first answer
figures-sources = Where people come from
figures-languages = Languages
figures-agreement = What the bot said, and what staff decided
figures-times = How often
step-opened = opened
step-introduced = read the summary
step-acknowledged = agreed to all points
step-first_answer = answered a question
step-submitted = submitted
step-contact_permitted = may be contacted

place-introduction = the summary
place-acknowledgement = a point to agree to ({ $about })
place-review = the answers, before submitting

## Trials

trial-version = Version
trial-hash = Content hash
trial-languages = Languages
trial-size = Size
trial-counts = { $questions } questions, { $criteria } criteria
trial-promise = The team answers or decides within
trial-approval-hint = In production, people are only screened in words that an ethics committee approved.
approval-approved = approved
approval-expired = approval is over
approval-not-yet = approved, not yet in force
approval-other-content = changed since it was approved
approval-none = not approved
approval-not-offered = not offered
approval-by = { $committee }, { $number }, from { $since } to { $until }
trial-second = A second reviewer must agree
trial-free = Staff may write in their own words
yes = yes
no = no
just-now = just now
