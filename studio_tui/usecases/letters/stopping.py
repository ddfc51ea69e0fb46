"""How a mail that clients can refuse tells them so in its last lines, as its header tells their mail program."""

from __future__ import annotations

from typing import NamedTuple

from studio_tui.domain.language import phrases


class Stop(NamedTuple):
    """Where a reader gets no more mails of a kind.

    Attributes:
        url: Their own address, or a mark that it takes the place of; empty where there is none.
        by_mail: The address writes a mail; answering this one does as well.
    """

    url: str = ""
    by_mail: bool = True


BY_ANSWER = Stop()


def stop_values(stop: Stop, language: str) -> dict[str, object]:
    """The templates' placeholders of the kinds that clients can refuse."""
    _ = phrases(language).gettext
    if stop.by_mail:
        sentence = _("If you want no more mails like this, just reply to this mail.")
    else:
        sentence = _("If you want no more mails like this: {url}").format(url=stop.url)
    return {"stop": sentence, "stop_url": stop.url, "stop_here": _("I want no more mails like this")}
