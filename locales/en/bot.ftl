# The bot's own words in English. The words of a trial stand in flows/<trial>/en.yaml.
# Allowed markup in messages: b, i, a, blockquote. Labels (choice-…) and words (words-…) are plain.
# words-… are what people may type instead of tapping, separated by |.

language-name = English

## First words

welcome =
    Hello. I am a bot: a computer program, not a person. I can tell you about a study and ask if it may fit you.

    <b>{ $title }</b>
choose-language =
    Hello. I am a bot: a computer program, not a person. I cannot help in an emergency.

    Please choose your language. You can change it at any time with /language.
choose-study = Hello. I am a bot, not a person, and I cannot help in an emergency. Which study did you come for?
study-link = { $title } ({ $trial })
acknowledgement-progress = <b>Before we start: { $number } of { $total }</b>

## Questions

progress = Question { $number } of { $total }
progress-about = Question { $number } of about { $total }
question = <b>{ $text }</b>
numbered-line = { $number } – { $label }
how-to-answer = <i>Tap a button, or type your answer.</i>
how-to-answer-age = <i>Type a number, or tap a button.</i>
lines = { $lines }
your-answers = <b>Your answers</b>
answer-line = { $question }: <b>{ $answer }</b>
change-line = { $question }: { $answer }
review-hint = Please check them. If one is wrong, you can change it. If all is right, tap Submit to see the result.
which-change = Which answer do you want to change?
reason-withheld = one of your answers does not match the rules of this study

## When something was not understood

not-understood =
    I did not understand that. Please tap a button, or type a number:
    { $options }
not-understood-answer =
    I did not understand that, so I have not saved it as an answer. Please tap a button, or type a number:
    { $options }
not-understood-early = I did not understand that, and I have not saved it. Please use the buttons below.
age-unclear = I did not understand that as an age. Please type your age in full years, as a number such as 45.
age-out-of-range = That does not look like an age. Please type your age in full years, from 0 to 120.
age-year-of-birth = That looks like a year or a date of birth. I only need your age now. Please type it in full years, such as 45.
age-not-whole = Please type your age in full years only, without parts of a year. Count the years since your last birthday.
age-range = I need one number. Please type your age in full years, such as 45.
age-below = That is below { $below }. If you are under { $below }, please tap the button for that. If it was a slip, please type your age again.
age-nominal = Please count full years since the day you were born, not East Asian age (xusui). Then type the number.
stale-tap = That button is from an earlier message. Nothing was changed. Please see the newest message.
edit-ignored = I saw that you edited a message. That does not change your answers. To change one, tap Change an answer or send /review.
attachment-refused = Thank you, but please do not send photos, files or voice notes here. I did not open or save it. Please type, or tap a button.
unknown-command = I do not know that command. Send /help to see what I can do.
nothing-before = There is nothing to go back to here.
nothing-to-change = There are no answers to change yet.
nothing-answered = You have not answered any questions yet.
urgent-notice = Call your local emergency number now. Please see the newest message.
if-urgent = If this is an emergency, do not wait for this chat: call your local emergency number.
held-hint = If you need help now, please call. When you are ready to go on, tap Continue.

## On the way

going-on = Welcome back. We go on where you were.
thanks = You are welcome.
answer-now = Your answer now: { $answer }
not-handled = Sorry, something went wrong on our side. Your last message has not counted yet. It is kept, so that we can find out why. You did nothing wrong. Please try again a little later.
was-away = Sorry, I was away for a moment. If you tapped a button, it may have been lost. Here is the present message again.
paused = We pause here. Your answers are kept. I will be silent until you write to me again.
reminder = A short reminder, as you wished: you can go on where you were. There is no hurry.
reminders-on = All right. I will remind you at most twice.
reminders-off = All right, I will not remind you.
recheck-request = Your reason may change with time. Do you want me to write to you in about { $days } days and ask again? You can say no. Please do not change your treatment or plans because of this.
recheck-keeps = If you say yes, we keep your answers until { $days } days after I wrote to you.
recheck-on = All right. I will write to you once. To stop that, send /stop.
recheck-off = All right, I will not write to you about this.
recheck-invitation = Some time ago you wished to be asked again about this study. Something may have changed since then.
finished-before = You have been here before. You can start a new round if you like. The study team will see that there was an earlier one.
incomplete = This talk was open for a long time without an answer, so I closed it. This does not count against you. You can start again at any time.
choose-below = Please choose:
already-ended = There is nothing more to stop. You do not need to answer anything else.
status-in-progress = { $answered ->
    [0] You have not answered any questions yet.
    [one] You have answered one question so far.
   *[other] You have answered { $answered } questions so far.
  }
status-completed = <b>The result</b>

## While the approval of the texts does not hold

closed-to-new =
    Hello. I am a bot: a computer program, not a person. Right now I cannot ask anyone about this study: an ethics committee has to approve this chat anew first. This has nothing to do with you. I have not saved what you sent. Please come back later.

    I cannot help in an emergency: call your local emergency number.
closed-meanwhile =
    Right now I cannot go on with the questions: an ethics committee has to approve this chat anew first. This has nothing to do with you. Your earlier answers are kept. If you just sent an answer, I did not save it.

    You can still send /mydata, /stop, /delete, /privacy or /contact. In an emergency, call your local emergency number.

## Talking to a person

question-offer = I am a bot and cannot answer that myself. Shall I pass it on to the study team? No one watches this chat all the time. In an emergency, call your local emergency number.
question-offer-early = I am a bot and cannot answer that myself. I have not saved your words. Shall I leave a note for the study team that you have a question? No one watches this chat all the time. In an emergency, call your local emergency number.
question-passed-on = Thank you. I have left a note for the study team that you have a question.
question-dropped = All right. I did not pass it on, and I have not kept it.
person-requested = I have left a note for the study team that you would like to talk to a person.
minor-person = You told me that you are under 18, so the study team will not contact you here. Please talk to a parent or your doctor. In an emergency, call your local emergency number.

team-message =
    <b>Person from the study team</b>

    { $text }
talk-begins = <i>I, the bot, am silent now. What you write here goes to this person and is kept with your answers. They do not watch this chat all the time. In an emergency, call your local emergency number.</i>
talk-begins-early = <i>I, the bot, am silent now. The study team sees that you write. But I do not save your words before you have agreed that we keep what you tell us about your health. In an emergency, call your local emergency number.</i>
talk-goes-on = You are talking with the study team. A person will read what you write, but maybe not at once. I, the bot, am silent. To go on with me, tap the button.
talk-not-kept = The study team can see that you wrote, but I have not saved your words. You have not agreed yet that we keep what you tell us about your health.
talk-ended = The talk with the study team has ended. I am the bot again.
talk-silent = Nobody has written here for a day, so this talk has ended. I am the bot again. To reach the study team, send /contact.
answer-late = You may be waiting to hear from the study team. They have not answered yet, and I am sorry. I have reminded them. If you need help now, please do not wait: ask your doctor. In an emergency, call your local emergency number.

## Who somebody is, for the site: asked last, and a no costs nothing

share-phone =
    If you like, you can leave <b>your phone number</b>, so that the study team can also call you. You do not need to. If you say no, nothing changes: they can still write to you in this chat.

    If you tap Share my phone number, Telegram sends me the number of your account. Only people on the study team who may know who you are can see it. You can remove it at any time: send /mydata, then tap What I agreed to.
share-phone-kept = Thank you. Your phone number is kept.
share-phone-declined = That is fine. I have no phone number of yours, and I will not ask again.
share-phone-refused = Telegram does not tell me that this is your own number, so I have not kept it. If you want to leave your own, please use the button Share my phone number. If not, tap No, thank you.
share-phone-typed = I do not take a typed number: a slip of the finger could send a call about your health to a stranger. I have not kept what you wrote. To leave your number, please tap the button Share my phone number. If not, tap No, thank you.
share-not-asked = I have not asked for a phone number now, so I have not kept it.
share-name =
    If you like, you can leave <b>a name</b>, so that the study team knows how to call you. You do not need to. If you say no, nothing changes.

    Please type it as you want to be called. I do not take it from Telegram. Only people on the study team who may know who you are can see it. You can remove it at any time: send /mydata, then tap What I agreed to.
share-name-confirm =
    You wrote: <b>{ $name }</b>

    Shall I keep this name for the study team?
share-name-kept = Thank you. Your name is kept.
share-name-declined = That is fine. I have no name of yours, and I will not ask again.
share-name-unclear = I did not understand that as a name. Please type it in letters, or tap No, thank you.
share-name-long = That is too long for a name. Please type at most 100 characters, or tap No, thank you.
share-remove = Remove: { $name }
share-removed = Removed: <b>{ $name }</b>. It is not kept any more.
share-gone = What you left for them about who you are is removed too.
shared-phone = Your phone number
shared-name = Your name

## Your data

erase-confirm = <b>Erase everything?</b> Your answers, your result and the link to your Telegram account will be gone, in every study of this bot. This cannot be undone.
erased-telegram = Telegram still has its own copy of this chat. We cannot erase that, but you can: open the menu of this chat and tap Delete chat.
erased-receipt = Your receipt: <b>{ $receipt }</b>. With this code you can prove later that you asked, and we can prove that we erased. It does not say who you are.
erase-cancelled = All right. Nothing was erased.
mydata = <b>What is stored of this talk</b>
mydata-code = Code of this talk: { $code }
mydata-started = Started: { $time }
mydata-agreed = Agreed to: { $count } of { $total } points
mydata-contact-not-asked = Permission to contact you: not asked yet
mydata-contact-yes = Permission to contact you: yes
mydata-contact-no = Permission to contact you: no
mydata-phone = Your phone number: { $phone }
mydata-name = Your name: { $name }
mydata-source = You came by the link: { $source }
mydata-urgent = You told of an emergency. If you wrote about it, your words are stored if you had agreed to health questions by then.
mydata-urgent-not-kept = You told of an emergency. No words about it are kept.
mydata-person = You asked to talk to a person.
mydata-question = You left a question for the study team. It is stored if you had agreed to health questions by then.
mydata-question-not-kept = You left a question for the study team. Its words are not kept.
mydata-until = Answers are kept until: { $time }
mydata-file = Here is all that is kept about you, as a file. It holds your health answers: please keep it safe.
mydata-rights = Also stored: your Telegram ID, your language, the messages I sent you, what you and the study team wrote, and the times. To change an answer send /review, to end send /stop, to erase everything send /delete.

## The file with all that is kept of somebody

copy-about = About this file
copy-about-text = This is all that the study chat keeps about you. It holds your health answers: keep it in a safe place. To change an answer, send /review in the chat. To erase everything, send /delete.
copy-made = Made at
copy-telegram-id = Your Telegram ID
copy-talks = Your talks
copy-study = Study
copy-study-number = Study number
copy-code = Code of this talk
copy-started = Started
copy-ended = Ended
copy-kept-until = Answers are kept until
copy-not-decided = not decided yet
copy-still-open = the talk is still open
copy-language = Language
copy-link = Link you came by
copy-agreed = What you agreed to
copy-contact = Permission to contact you
copy-contact-yes = yes
copy-contact-no = no
copy-contact-not-asked = not asked yet
copy-phone = Your phone number
copy-name = Your name
copy-answers = Your answers now
copy-question = Question
copy-answer = Answer
copy-result = The result you were told
copy-history = Everything that is noted, in order
copy-time = Time
copy-told-time = Time at Telegram
copy-by = By
copy-by-you = you
copy-by-clock = the program, by itself
copy-what = What
copy-more = More
copy-text = Text
copy-messages = Messages I sent you
copy-file = A file like this one
happened-screening-opened = The talk began
happened-language-asked = You opened the choice of languages
happened-language-chosen = You chose a language
happened-introduction-read = You read the first words and went on
happened-introduction-reopened = You went back to the first words
happened-consent-acknowledged = You agreed
happened-consent-declined = You said no
happened-consent-reopened = You went back to something you had agreed to
happened-answer-recorded = You answered
happened-change-asked = You asked which answers you can change
happened-change-began = You went back to a question
happened-change-left = You left it as it was
happened-outcome-reached = You were told the result
happened-contact-answered = You said if the study team may contact you
happened-contact-reopened = You were asked about contact again
happened-identity-shared = You left something about who you are
happened-identity-declined = You did not leave it
happened-identity-withdrawn = It was removed
happened-name-typed = You typed a name and were asked if it is right
happened-name-dropped = You wanted to type the name again
happened-minor-recognised = You are under 18, so what you said before was forgotten
happened-stop-undone = You went on after a stop
happened-new-round-offered = You were asked if you want to start anew
happened-new-round-declined = You did not want to start anew
happened-new-round-began = You started a new round
happened-person-requested = You asked to talk to a person
happened-question-typed = You wrote something for a person
happened-question-passed-on = You let us pass it on
happened-question-dropped = You did not want it passed on
happened-emergency-noticed = You told of an emergency
happened-emergency-acknowledged = You went on after the emergency text
happened-paused = You paused
happened-resumed = You came back after a pause
happened-reminders-answered = You said if you want reminders
happened-reminded = I reminded you
happened-recheck-answered = You said if I may ask you again later
happened-recheck-invited = I asked you again, as you wished
happened-stopped = You stopped
happened-expired = I closed the talk after a long silence
happened-prompt-shown = I could not take your answer and told you why
happened-copy-requested = You asked for this file
happened-retention-ended = The time for keeping was over
happened-consent-message-noted = I noted which message you agreed by
happened-consent-carried-over = What you agreed to before was carried over
happened-consent-text-changed = Some words of what you agreed to had changed
happened-consent-withdrawn = You took back what you had agreed to
happened-agreements-opened = You looked at what you agreed to
happened-agreements-sent = I sent you a copy of what you agreed to
happened-agreements-left = You went back
happened-comprehension-answered = You answered a check question
happened-comprehension-scored = The check was over
happened-team-wrote = A person from the study team wrote to you
happened-wrote-to-team = You wrote to the study team
happened-talk-ended = The talk with the study team ended
happened-answer-delayed = I told you that the study team is late
happened-erasure-asked = You asked to erase everything
happened-erasure-cancelled = You did not erase
happened-erased = Everything was erased
## What was agreed to

agreements = <b>What you agreed to</b>
agreements-none = Nothing you agreed to holds here now.
agreements-hint = You can take back each of them alone. If you take back a point from the start, we stop here: I cannot ask you questions without it. To read the exact words, tap Send me a copy.
agreement-line = • { $name }, since { $time }
agreement-point = Point { $number } from the start
agreement-contact = The study team may contact you
agreement-reminders = Reminders
agreement-recheck = Asking you again later
withdraw-line = Take back: { $name }
agreement-copy =
    <b>{ $number } of { $total }: { $name }</b>
    You agreed to these words: { $time }. Version { $version }, code of the text { $hash }.
agreement-elsewhere = I cannot show the exact words here, but they are kept. Send /contact to ask the study team for them.
agreement-withdrawn = You took back: <b>{ $name }</b>. I cannot ask you questions without it, so we stop here.
agreements-carried = { $count ->
    [one] You agreed to one point in an earlier round. Its words are the same, so I do not ask it again.
   *[other] You agreed to { $count } points in an earlier round. Their words are the same, so I do not ask them again.
  }
agreements-changed = Some words of what you agree to have changed. Please read them before we go on. I have not saved your last message.
acknowledgement-changed = <b>Changed words: please read this point again</b>
reminders-request = If you like, I can remind you with at most two short messages. To get them, tap Remind me.

## A check of what was understood

comprehension-progress = <b>A short check: { $number } of { $total }</b>
comprehension-right = That is right.
comprehension-again = Not quite. { $explanation } Please try once more.
comprehension-explained = Not quite. { $explanation }
comprehension-passed = Thank you. The main points are clear.
comprehension-failed = Some points are not clear yet. This happens often, and it does not count against you. I have left a note for the study team, so that a person explains them to you before you decide anything. We can go on now.
comprehension-stopped = Some points are not clear yet. This happens often, and it does not count against you. I have left a note for the study team, so that a person explains them to you. We stop here for now. After that, or at any time, you can start again.

## Help

help =
    I ask a few questions to see if a study may fit you. You can tap a button or type your answer.

    /status – where you are
    /back – one step back
    /review – see and change your answers
    /language – change the language
    /pause – pause and go on later
    /stop – end this screening
    /mydata – see what is stored about you
    /delete – erase everything about you
    /privacy – how your data is used
    /contact – talk to a person

    Type “about” to read about the study. I cannot help in an emergency: call your local emergency number.
group-refused = Hello. I only talk about health in a private chat, where others cannot read along. Please open a private chat with me and send /start.

## Buttons

choice-start = Start
choice-about = About this study
choice-language = Language
choice-back = Back
choice-change = Change an answer
choice-help = What does this mean?
choice-person = Talk to a person
choice-submit = Submit
choice-urgent = This is an emergency
choice-continue = Continue
choice-leave = Keep it as it is
choice-again = Start a new round
choice-begin = Start a new round
choice-not-now = Not now
choice-remind-yes = Remind me
choice-remind-no = No reminders
choice-recheck-yes = Yes, ask me again
choice-recheck-no = No, thank you
choice-leave-talk = Back to the bot
choice-go-on = Go on where I was
choice-erase = Erase my answers
choice-keep = Keep my answers
choice-mydata-file = Send it as a file
choice-pass-on = Yes, pass it on
choice-drop = No, thank you
choice-agreements = What I agreed to
choice-copy = Send me a copy
choice-share-phone = Share my phone number
choice-share-no = No, thank you
choice-name-yes = Yes, keep it
choice-name-again = Type it again

## What people type instead of tapping

words-yes = yes | y | yeah | yep | yes i do | yes i have | yes i am | correct | true
words-no = no | n | nope | no i do not | no i don't | no i have not | no i haven't | no i am not | false
words-not-sure = not sure | unsure | i am not sure | i'm not sure | don't know | i don't know | i do not know | dont know | i dont know | dunno | idk | no idea
words-prefer-not = prefer not to say | prefer not | i prefer not to say | rather not say | i'd rather not say | skip | no answer
words-start = start | begin | let's start | go
words-about = about | about the study | about this study | study
words-language = language | change language | 语言
words-accept = i agree | agree | i understand | understood | accept | i accept | yes | yes i agree
words-decline = no | no thank you | no thanks | decline | i decline | disagree | i do not agree | i don't agree
words-agreements = what i agreed to | what did i agree to | my consent | my agreements | take back my consent | withdraw my consent
words-copy = copy | a copy | send copy | send me the copy
words-back = back | go back | previous
words-change = change | change an answer | change answer | correct an answer
words-help = help | what does this mean | explain | what is this
words-person = talk to a person | human | person | talk to someone | talk to a human | speak to a person
words-submit = submit | send | finish
words-continue = continue | go on | next
words-leave = keep | keep them | cancel
words-leave-talk = back to the bot | end this talk | end the talk
words-again = start again | again | new round | restart | start over
words-begin = yes | yes please | start again | again | new round | restart | start over
words-not-now = not now | later | no | no thank you
words-recheck-yes = yes | yes please | yes ask me again
words-recheck-no = no | no thank you | no thanks
words-go-on = go on | continue | undo
words-thanks = thank you | thanks | thank you very much | thanks a lot | many thanks | thx
words-remind-yes = yes | yes please | please | remind me please | please remind me
words-remind-no = no | no thank you | no thanks | do not remind me | don't remind me
words-command-help = commands | help
words-command-status = status | where am i
words-command-review = review | my answers | show my answers
words-command-pause = pause | later | i need a break | break
words-command-stop = stop | stop please | please stop | i want to stop | i don't want the study anymore | quit | exit | i quit | end | i do not want to go on | i don't want to go on
words-command-mydata = my data | what do you store about me
words-command-delete = delete my data | erase my data | erase everything | delete everything | forget me
words-command-privacy = privacy
words-erase = yes | yes erase | yes erase my answers | confirm | erase | erase my answers | delete | delete my answers
words-mydata-file = file | as a file | send it as a file | send me a file | download my data
words-keep = keep | keep my answers | cancel | no
words-pass-on = yes | yes please | yes pass it on | pass it on | please
words-drop = no | nope | no thank you | no thanks | no i do not | no i don't | do not pass it on | don't pass it on
words-contact-yes = yes | yes contact me | yes please | contact me
words-contact-no = no | no thank you | no thanks
words-share-phone = yes | yes please
words-share-no = no | no thank you | no thanks | skip
words-name-yes = yes | yes please | keep it | correct
words-name-again = again | change it
words-language-en = english | en
words-language-zh-Hans = chinese | simplified chinese | mandarin


## The menu of commands (at most 256 characters each)

command-start = Start, or go on
command-help = What I can do
command-status = Where you are
command-back = One step back
command-review = See and change your answers
command-language = Change the language
command-pause = Pause and go on later
command-stop = End this screening
command-mydata = See what is stored about you
command-delete = Erase everything about you
command-privacy = How your data is used
command-contact = Talk to a person

profile-description = I am a bot that asks a few questions to see if a clinical trial may fit you. I do not give medical advice and cannot help in an emergency. Telegram chats with bots are not end-to-end encrypted.
profile-short = Asks a few questions to see if a clinical trial may fit you. Not for emergencies.

## Stands above each message of a demo; no part of the approved texts

demo-mark = DEMO

## One line for staff, never with content

alert-urgent = 🔴 URGENT: someone told of an emergency. Trial { $trial }, code { $code }. The safety text was sent at once.
alert-urgent-aside = 🔴 URGENT: someone told of an emergency. Trial { $trial }. The safety text was sent at once. Their message could not be handled, so there is no case: please tell whoever runs the bot.
alert-person-requested = 🟠 Somebody asks to talk to a person. Trial { $trial }, code { $code }.
alert-question = 🟠 Somebody has a question for the team. Trial { $trial }, code { $code }.
alert-contact-withdrawn = ⚪ Permission to contact withdrawn: please do not write. Trial { $trial }, code { $code }.
alert-consent-withdrawn = ⚪ Somebody took back an agreement after their result: please do not use these answers. Trial { $trial }, code { $code }.
alert-comprehension = 🟠 Somebody needs the main points explained by a person. Trial { $trial }, code { $code }.
alert-message = 🟠 A participant wrote to you. Trial { $trial }, code { $code }.
alert-late = ⏰ The promised time is over and nobody has answered. Trial { $trial }, code { $code }.
alert-contact-permitted = 🟢 Somebody may be contacted. Trial { $trial }, code { $code }.
