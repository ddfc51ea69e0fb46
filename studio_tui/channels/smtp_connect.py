"""Opening a connection to a relay: aiosmtplib connects, secures and signs in, then hands its line over."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from studio_tui.channels.answers import clean_answer
from studio_tui.channels.relay_settings import RelaySettings
from studio_tui.channels.smtp_transaction import SmtpSession
from studio_tui.channels.smtp_wire import Wire
from studio_tui.domain.channel_words import AUTHORITY_UNREAD, SERVER_ANSWERED, SERVER_UNUSABLE, SIGN_IN_REFUSED
from studio_tui.domain.outcomes import RelayTrouble

if TYPE_CHECKING:
    from aiosmtplib import SMTP


class ConnectFailed(Exception):
    """No usable connection came about; `trouble` says why, fit to be shown."""

    def __init__(self, trouble: RelayTrouble) -> None:
        super().__init__(trouble.text)
        self.trouble = trouble


def tls_context(settings: RelaySettings) -> ssl.SSLContext | None:
    """Return what secures the line, None if nothing does; reads files, so not for the event loop.

    Raises:
        ConnectFailed: If the settings' authority cannot be read.
    """
    if settings.security == "none":
        return None
    context = ssl.create_default_context()
    try:
        if settings.ca_file is not None:
            context.load_verify_locations(cafile=settings.ca_file)
    except OSError as error:
        text = AUTHORITY_UNREAD.format(file=settings.ca_file, answer=error.strerror or error)
        raise ConnectFailed(RelayTrouble(None, clean_answer(text), permanent=True)) from error
    return context


async def open_session(settings: RelaySettings, tls: ssl.SSLContext | None) -> SmtpSession:
    """Return a session that is connected, secured and signed in; every wait is limited.

    Raises:
        ConnectFailed: If the relay cannot be reached or does not let us in.
    """
    import aiosmtplib

    smtp = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        username=settings.username or None,
        password=settings.password if settings.username else None,
        # The default asks the resolver for the machine's name, which can take long and says little.
        local_hostname=settings.greeting_name or settings.sender_address.domain,
        timeout=settings.timeouts.command.total_seconds(),
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        tls_context=tls,
    )
    try:
        await _hearing_cancels(_connect(smtp, settings))
    except (aiosmtplib.SMTPException, OSError, UnicodeError) as error:
        smtp.close()
        raise ConnectFailed(_trouble(settings, error)) from None
    except asyncio.CancelledError:
        smtp.close()
        raise
    return SmtpSession(Wire(cast(asyncio.Transport, smtp.transport)), settings, smtp.esmtp_extensions)


async def _hearing_cancels(work: Coroutine[Any, Any, None]) -> None:
    """Await work that may swallow a cancel, as `wait_for` does in Python 3.11 when it ends at that moment."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        while not task.done():
            task.cancel()
            await asyncio.sleep(0)
        # Looked at, lest the loop complain of an error that nobody wants to know any more.
        task.cancelled() or task.exception()
        raise
    task.result()


async def _connect(smtp: SMTP, settings: RelaySettings) -> None:
    from aiosmtplib import SMTPHeloError

    await smtp.connect(timeout=settings.timeouts.connect.total_seconds())
    if not smtp.is_ehlo_or_helo_needed:
        return
    try:
        await smtp.ehlo()
    except SMTPHeloError as error:
        if error.code == 421:
            raise
        await smtp.helo()


def _trouble(settings: RelaySettings, error: Exception) -> RelayTrouble:
    """Return what a failure to connect means; `permanent` if waiting will not mend it."""
    from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException

    code = error.code if isinstance(error, SMTPResponseException) else None
    if isinstance(error, SMTPAuthenticationError):
        said = SIGN_IN_REFUSED.format(where=settings.where, code=code, answer=error.message)
    elif isinstance(error, SMTPResponseException):
        said = SERVER_ANSWERED.format(where=settings.where, code=code, answer=error.message)
    elif isinstance(error, SMTPException):
        said = SERVER_UNUSABLE.format(where=settings.where, answer=error.message)
    else:
        said = SERVER_UNUSABLE.format(where=settings.where, answer=error)
    bad_certificate = any(isinstance(one, ssl.SSLCertVerificationError) for one in (error, error.__cause__))
    # Without a code and without a broken line it is a missing extension: STARTTLS or AUTH.
    unfit = isinstance(error, SMTPException | UnicodeError) and not isinstance(error, OSError) and code is None
    permanent = bad_certificate or unfit or (code is not None and code >= 500)
    return RelayTrouble(code, clean_answer(said, settings.secrets), permanent)
