"""Signing in to Zoom with a browser anywhere, and pasting back where it ended (RFC 6749 §4.1, RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.phrase import phrase
from studio_tui.domain.providers import Credentials, PastePrompt, ProviderRefused, SignedIn
from studio_tui.providers.zoom_errors import TokenRefused
from studio_tui.providers.zoom_sign_in import ZoomSignIn
from studio_tui.providers.zoom_ways import REDIRECT

PASTED = "pasted"
"""The field that a refusal of the pasted address names."""

_LONGEST = 8_000


class BrowserFlow:
    """Makes the address to open, and takes the one that comes back.

    Args:
        sign_in: The sign-in host.
        finish: Says who has signed in.
    """

    def __init__(self, sign_in: ZoomSignIn, finish: Callable[[Credentials], Awaitable[SignedIn]]) -> None:
        self._sign_in = sign_in
        self._finish = finish

    def begin(self, credentials: Credentials) -> PastePrompt:
        """What the person opens, with a secret of its own each time."""
        asked = credentials.changed(state=secrets.token_urlsafe(24), code_verifier=secrets.token_urlsafe(48))
        query = {
            "response_type": "code",
            "client_id": asked.get("client_id"),
            "redirect_uri": REDIRECT,
            "state": asked.get("state"),
            "code_challenge": challenge_of(asked.get("code_verifier")),
            "code_challenge_method": "S256",
        }

        async def finish(pasted: str) -> SignedIn:
            answer = parameters_of(pasted)
            del pasted  # a traceback that shows local values shows no code of ours
            return await self._finish(await self._exchanged(asked, answered(answer, asked)))

        return PastePrompt(address=f"{self._sign_in.url}/authorize?{urlencode(query)}", finish=finish)

    async def _exchanged(self, asked: Credentials, answer: Credentials) -> Credentials:
        grant = Credentials({"grant_type": "authorization_code", "redirect_uri": REDIRECT}).changed(
            code=answer.get("code"), code_verifier=asked.get("code_verifier")
        )
        try:
            return (await self._sign_in.obtain(asked, grant)).changed(state="", code_verifier="")
        except TokenRefused as error:
            if error.error == "invalid_grant":
                sentence = _("Zoom does not take this answer any more: it was used before or is too old. Start again.")
                raise InvalidInput(sentence, field=PASTED) from None
            raise


def challenge_of(verifier: str) -> str:
    """What is sent ahead of the verifier (RFC 7636 §4.2, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def answered(answer: Credentials, asked: Credentials) -> Credentials:
    """The answer, if it is one to this question and holds a code.

    Args:
        answer: The parameters of the address where the browser ended.
        asked: With the "state" of the question.

    Raises:
        InvalidInput: It is not the answer to this question.
        ProviderRefused: The person said no.
    """
    if not answer.values:
        raise InvalidInput(
            _("This is not where the browser ended: copy its whole address, beginning with {redirect}?.").format(
                redirect=REDIRECT
            ),
            field=PASTED,
        )
    if not secrets.compare_digest(answer.get("state").encode("utf-8", "replace"), asked.get("state").encode()):
        raise InvalidInput(
            _("This address answers another sign-in: open the address above and paste where it ends."), field=PASTED
        )
    if answer.get("error") == "access_denied":
        raise ProviderRefused(phrase("Zoom was told not to allow it: start again, and choose “Allow” in the browser."))
    if not answer.get("code"):
        raise InvalidInput(_("The address holds no answer from Zoom: sign in to the end, then copy it."), field=PASTED)
    return answer


def parameters_of(pasted: str) -> Credentials:
    """The parameters behind the redirect address; none if it is another address.

    Args:
        pasted: The whole address, as copied; a terminal's line breaks inside it do not count.
    """
    address = "".join(pasted.split())
    if not 0 < len(address) <= _LONGEST:
        return Credentials()
    try:
        parts, own = urlsplit(address), urlsplit(REDIRECT)
        fields = parse_qs(parts.query, max_num_fields=20)
    except ValueError:
        return Credentials()
    if (parts.scheme, parts.netloc, parts.path.rstrip("/")) != (own.scheme, own.netloc, own.path):
        return Credentials()
    return Credentials({name: values[0] for name, values in fields.items() if len(values) == 1})
