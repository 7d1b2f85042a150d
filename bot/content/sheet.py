"""The ethics committee's sheet laid out: one HTML page that prints on A4, or Markdown."""

from __future__ import annotations

import html
from collections.abc import Iterator

from bot.content.approvals import Judged, Standing
from bot.content.packet import Packet, Part, Row

_PLAIN = ("choice-", "command-", "profile-", "language-name")
_PLAIN_ENDS = (".accept", ".decline", ".short", ".yes", ".no")
_STYLE = """
@page { size: A4; margin: 16mm 14mm 18mm;
        @bottom-left { content: "NAME"; font: 8pt sans-serif; }
        @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
* { box-sizing: border-box; }
html { color-scheme: light; background: #fff; color: #1a1a1a; }
body { font: 10.5pt/1.45 "Noto Sans", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", sans-serif;
       max-width: 190mm; margin: 0 auto; padding: 8mm 0; }
h1 { font-size: 17pt; line-height: 1.25; margin: 0 0 2mm; }
h2 { font-size: 12.5pt; margin: 8mm 0 2mm; break-after: avoid; }
.state { font-weight: 700; border: 1.5pt solid; padding: 2mm 3mm; margin: 4mm 0; }
.draft { color: #9a1b00; }
.fine { color: #0b5d2a; }
dl { display: grid; grid-template-columns: 42mm 1fr; gap: 1mm 4mm; margin: 3mm 0; }
dt { color: #555; }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { border: .5pt solid #999; padding: 1.6mm 2mm; text-align: left; vertical-align: top; }
th { background: #f1f1f1; font-size: 9pt; break-after: avoid; }
tr { break-inside: avoid; }
.key { width: 34mm; font: 8pt/1.4 "Noto Sans Mono", monospace; color: #444; overflow-wrap: anywhere; }
.text { white-space: pre-line; overflow-wrap: anywhere; }
blockquote { margin: 1mm 0; padding-left: 2mm; border-left: 1.5pt solid #999; }
.criteria { margin: 0 0 2mm; padding: 2mm 3mm; background: #f6f6f6; break-after: avoid; }
.criteria p { margin: 0; }
.sign { display: grid; grid-template-columns: 1fr 1fr; gap: 9mm 8mm; margin-top: 10mm; break-inside: avoid; }
.sign p { border-top: .75pt solid; margin: 6mm 0 0; padding-top: 1mm; font-size: 9pt; }
"""
_NOTE = (
    "English is written for readers of about grade 6, Chinese in short sentences. Formulas of readability "
    "measure the length of words and sentences; they do not show that people understand it."
)
_LEFT_OPEN = (
    "What stands in braces, such as {number}, is filled in while the bot runs: numbers, codes, dates, "
    "and texts of this sheet. Nothing else is ever said to a participant. The approval is of exactly the "
    "content named above: all texts in all languages, and the rules, their order and the trial's policies."
)
_SIGNED = ("Committee and number of the approval", "Holds until", "Name and signature", "Place and date")


def as_html(packet: Packet) -> str:
    """Return the sheet as one page that needs no other file."""
    trial = packet.trial
    title = f"{trial.id}: everything the screening chat says"
    parts = "\n".join(_part(packet, part) for part in packet.parts if part.rows or part.criteria)
    signed = "".join(f"<p>{each}</p>" for each in _SIGNED)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>{_STYLE.replace("NAME", _foot(packet))}</style>
</head>
<body>
<h1>{html.escape(title)}</h1>
<p class="state {"fine" if packet.is_approved else "draft"}">{html.escape(state(packet))}</p>
<dl>{"".join(f"<dt>{name}</dt><dd>{html.escape(value)}</dd>" for name, value in facts(packet))}</dl>
<p>{_LEFT_OPEN}</p>
<p>{_NOTE}</p>
{parts}
<div class="sign">{signed}</div>
</body>
</html>
"""


def _foot(packet: Packet) -> str:
    """Return what stands on every printed page: an id and a hash, nothing that CSS could misread."""
    return f"{packet.trial.id} · {packet.content_hash} · {'approved' if packet.is_approved else 'DRAFT'}"


def as_markdown(packet: Packet) -> str:
    """Return the sheet as Markdown, text after text."""
    return "\n".join(_markdown(packet)) + "\n"


def facts(packet: Packet) -> Iterator[tuple[str, str]]:
    """Yield what identifies the sheet."""
    trial = packet.trial
    yield "Study", trial.registry.title
    yield "Sponsor", f"{trial.registry.sponsor}, {trial.registry.place}"
    yield "Version", trial.version
    yield "Content", packet.content_hash
    yield "Languages here", ", ".join(packet.languages)
    yield "Languages offered", ", ".join(trial.languages)
    yield "Printed on", str(packet.printed_on)


def state(packet: Packet) -> str:
    """Say in one line whether this may be used."""
    said = "; ".join(_said(each) for each in packet.judged)
    return f"APPROVED. {said}" if packet.is_approved else f"DRAFT, NOT APPROVED. {said}"


def _said(judged: Judged) -> str:
    if judged.approval is None or judged.standing is Standing.OTHER_CONTENT:
        return f"{judged.language}: {judged.standing}"
    known = judged.approval
    return (
        f"{judged.language}: {judged.standing}, {known.committee}, {known.number}, "
        f"{known.approved_on} until the day before {known.expires_on}"
    )


def _part(packet: Packet, part: Part) -> str:
    heads = "".join(f"<th>{html.escape(each)}</th>" for each in packet.languages)
    rows = "\n".join(_row(packet, row) for row in part.rows)
    lines = "".join(f"<p>{html.escape(each)}</p>" for each in part.criteria)
    criteria = f'<div class="criteria"><b>{_asks(part)}</b>{lines}</div>' if part.criteria else ""
    table = f'<table><thead><tr><th class="key">key</th>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table>'
    return f"<h2>{html.escape(part.title)}</h2>\n{criteria}{table}"


def _asks(part: Part) -> str:
    if part.title.startswith("Question"):
        return "In the words of the registry:"
    return "Nobody is asked about these; in the words of the registry:"


def _row(packet: Packet, row: Row) -> str:
    cells = "".join(
        f'<td class="text" lang="{html.escape(language)}">{_shown(row.key, text)}</td>'
        for language, text in zip(packet.languages, row.texts, strict=True)
    )
    return f'<tr><td class="key">{html.escape(row.key).replace(".", ".<wbr>")}</td>{cells}</tr>'


def _shown(key: str, text: str) -> str:
    """Return a text as HTML: labels are plain, the others have the few tags that were checked."""
    is_plain = key.startswith(_PLAIN) or key.endswith(_PLAIN_ENDS) or ".option." in key
    return html.escape(text) if is_plain else text


def _markdown(packet: Packet) -> Iterator[str]:
    yield f"# {packet.trial.id}: everything the screening chat says\n"
    yield f"**{state(packet)}**\n"
    for name, value in facts(packet):
        yield f"- {name}: {value}"
    yield f"\n{_LEFT_OPEN}\n\n{_NOTE}"
    for part in packet.parts:
        if part.rows or part.criteria:
            yield f"\n## {part.title}"
        if part.criteria:
            yield f"\n{_asks(part)}\n"
            yield from (f"- {each}" for each in part.criteria)
        for row in part.rows:
            yield f"\n### {row.key}"
            for language, text in zip(packet.languages, row.texts, strict=True):
                yield f"\n**{language}**\n\n{text}"
    yield "\n" + "\n\n".join(f"{each}: ________________" for each in _SIGNED)
