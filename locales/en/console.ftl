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

## Signing in

sign-in = Sign in
sign-in-step-1 = Open your private chat with the bot in Telegram.
sign-in-step-2 = Send it
sign-in-step-3 = Open the link it sends you. It works once, for ten minutes.
sign-out = Sign out
demo-sign-in = Try it
demo-sign-in-hint = This is a demo on this machine. Everybody here is made up.
link-hint = Only sign in on a device that is yours.
link-over = This link does not work any more
link-over-hint = Links work once, for ten minutes. For a new one send the bot
code = One-time code
code-set-up = You can see who people are, so a second step protects your account. Scan this with an authenticator app, then type the six digits that it shows.
code-picture = A QR code for your authenticator app
code-by-hand = Or type this into the app:
code-hint = Type the six digits that your authenticator app shows now.
code-label = Six digits
prove = Please show once more that it is you
prove-hint = This step needs a fresh sign-in. Open a new link from the bot:
refused = This was not done
refused-form = This form is too old, or did not come from this page. Please go back, load the page again, and try once more.
refused-role = Your role does not allow this. Ask an administrator of your team.
review-link-over = This link does not work any more. Ask the bot for a new one with /console.
review-too-many-links = You asked for many links within an hour. Please wait a while.
review-enrolled = An authenticator app is set up already. Ask an administrator if you lost it.
review-not-enrolled = You are not signed in any more. Please sign in again.
review-code-wrong = This code is not right, or was used already. Wait for the next one and try again.
review-code-locked = Too many wrong codes. Please try again in a quarter of an hour.
role-coordinator = Coordinator
role-investigator = Investigator
role-auditor = Auditor
role-administrator = Administrator
