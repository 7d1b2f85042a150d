# What the study team reads in its Telegram group, in English. Never what a participant said.

## A card

card-new = 🆕 A case for the team: { $code } ({ $trial }). Its card comes here.
card-topic = Case { $code }
card-code = Case { $code }
card-free = { $state }: nobody has it yet
card-stands = { $state }
card-held = { $state }: { $name }, since { $since }
card-ruled = Decided: { $decision } – { $name }, { $at }
card-closed = Closed. { $why }
card-second = A second reviewer is asked for.
card-away = Put away until { $until }
card-due = Answer or decide by { $due }
card-late = ⏰ Late: an answer or a decision was due by { $due }
card-notes = { $n ->
    [one] 📝 { $n } note
   *[other] 📝 { $n } notes
  }
card-snippets = Replies
card-note = Note
card-undo = Undo the decision
card-open = Open in the console
card-back = Back
card-not = Not eligible: { $criterion }
card-decide-hint = What is decided? One tap decides; it can be undone here for ten minutes. Other reasons: in the console.
card-snippets-hint = One tap sends a reply to the person, word for word:
card-snippets-none = There is no approved reply in the person's language. Please use the console.
card-many = 📋 Many cases changed at once: { $free } wait for somebody, { $late } of all are late. Their cards come here one after another, the most pressing first.
card-many-open = All of them stand in the console now: { $url }

## Short answers to a tap

card-strangers = Only for registered staff. Please ask your administrator.
card-unknown = There is no such case any more.
card-stale = This case has changed. The card shows it as it is now: please look, then tap again.
card-taken = { $name } was faster: the case is theirs.
card-done = Done.
card-claimed = The case is yours.
card-released = The case is free again.
card-decided = Decided. You can undo it on the card for ten minutes.
card-undone = The decision is undone.
card-sent = Sent to the person.
card-undo-late = The ten minutes are over. Please undo it in the console, with a reason.
card-undo-reason = Taken back on the card within ten minutes.
card-note-how = Reply to the card with /note and your words. Notes are read in the console.

## Lines to somebody who wrote in the group

card-not-sent = Nothing was sent. { $why }
card-talk-how = What you write here stays in this group. To write to the person, reply to the card of the case, or use Replies on it.
card-edit = What was sent or noted stays as it was: changing or deleting it here changes nothing. If something was wrong, please write again.

## Next cases, in a private chat

card-queue-none = Nobody waits for the team.
card-queue = The next cases:
card-queue-more = All others stand in the console: { $url }
