"""The ways to connect a Zoom account, and what each asks for."""

from __future__ import annotations

from studio_tui.domain.account_kinds import ConnectWay, FormField
from studio_tui.domain.language import N_

_CLIENT_ID = FormField(
    "client_id", N_("Client ID"), 200, required=True, hint=N_("from the app's page at marketplace.zoom.us")
)
_CLIENT_SECRET = FormField(
    "client_secret",
    N_("Client secret"),
    200,
    required=True,
    secret=True,
    hint=N_("from the same page, beside the client ID"),
)
_HOST_HINT = N_("as in the studio's Zoom account, e.g. giulia@studio.example")

REDIRECT = "http://127.0.0.1:49152/studio-tui"
"""Where the browser ends after signing in. Nothing listens there: the person copies the address back."""

SERVER = ConnectWay(
    key="server",
    label=N_("The studio's Zoom account"),
    fields=(
        FormField(
            "account_id", N_("Account ID"), 200, required=True, hint=N_("from the app's page at marketplace.zoom.us")
        ),
        _CLIENT_ID,
        _CLIENT_SECRET,
        FormField("host", N_("Host's e-mail"), 254, hint=N_("only if somebody else than the app's owner hosts")),
    ),
    hint=N_("The studio owns a Zoom account: make a Server-to-Server OAuth app there and copy its three values."),
    lends=True,
)
DEVICE = ConnectWay(
    key="device",
    label=N_("Sign in with a code"),
    fields=(_CLIENT_ID, _CLIENT_SECRET),
    hint=N_("One person's Zoom account, confirmed on a phone: the Zoom app needs “Use App on Device” switched on."),
    revocable=True,
)
BROWSER = ConnectWay(
    key="browser",
    label=N_("Sign in with a browser"),
    fields=(_CLIENT_ID,),
    hint=N_(
        "One person's Zoom account: a public Zoom app (PKCE) that lists http://127.0.0.1:49152/studio-tui as its redirect "
        "address."
    ),
    revocable=True,
)
HOST = ConnectWay(
    key="host",
    label=N_("A host of the studio's Zoom account"),
    fields=(FormField("host", N_("Host's e-mail"), 254, required=True, hint=_HOST_HINT),),
    hint=N_("A colleague with a licence in the studio's own Zoom account: nothing else is needed."),
    borrows=True,
)
