"""Words that would run in a page which shows them unescaped: each sets `window.taken`."""

from __future__ import annotations

from itertools import product

_DO = "window.taken=1"
_TAGS = (
    "img",
    "svg",
    "video",
    "audio",
    "iframe",
    "body",
    "input",
    "details",
    "object",
    "style",
    "marquee",
    "a",
)
_EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onanimationstart", "onpointerenter")
_SHAPES = (
    "<{tag} src=x autofocus open {event}={do}>",
    "<{tag}/{event}='{do}' src=//x>",
    '"><{tag} {event}="{do}" src=x>',
    "'><{tag} {event}={do}//",
)
_MORE = (
    "<script>{do}</script>",
    "</textarea><script>{do}</script>",
    "</title><script>{do}</script>",
    "</script><script>{do}</script>",
    "--><script>{do}</script>",
    "{{{{ 7*7 }}}}<script>{do}</script>",
    "<a href='javascript:{do}'>x</a>",
    "<math><mtext><script>{do}</script></mtext></math>",
    "<svg><animate onbegin={do} attributeName=x dur=1s>",
    "<form><button formaction=javascript:{do}>x",
    "<noscript><p title='</noscript><img src=x onerror={do}>'>",
    "&lt;script&gt;{do}&lt;/script&gt;<script>{do}</script>",
    "<b>bold</b><img src=x onerror={do}>",
    "\u202e<script>{do}</script>\u202c",
)
PAYLOADS = [
    *(shape.format(do=_DO) for shape in _MORE),
    *(shape.format(tag=t, event=e, do=_DO) for shape, t, e in product(_SHAPES, _TAGS, _EVENTS)),
]
