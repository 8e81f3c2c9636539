"""By e-mail, for installations that reach telephones through an e-mail gateway."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from ipaddress import ip_address

from dispatch.notify.message import Message, NotSent, Obstacle

SECONDS = 10.0
PERMANENT = 500
SUBJECTS = {"zh": "安装预约", "en": "Your installation"}


@dataclass(frozen=True, slots=True)
class Smtp:
    """`to` has `{phone}`, `{digits}` or `{national}` where the number belongs. `is_tls`: from the first byte on.

    Otherwise STARTTLS where the server offers it; a password is never sent in the clear, except to this machine.
    """

    host: str
    port: int
    sender: str
    to: str
    is_tls: bool = False
    user: str = ""
    password: str = ""
    seconds: float = SECONDS
    name: str = "smtp"

    def send(self, message: Message, message_id: str) -> str:
        mail = self._mail(message, message_id)
        try:
            self._deliver(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            again = codes[0] < PERMANENT
            raise NotSent(f"the receiver was refused ({codes[0]})", obstacle=Obstacle.NUMBER, again=again) from None
        except smtplib.SMTPAuthenticationError as refused:
            raise NotSent(f"the mail server refuses the user or password ({refused.smtp_code})") from None
        except smtplib.SMTPResponseException as refused:
            raise NotSent(f"the mail server answered {refused.smtp_code}") from None
        except TimeoutError:
            reason = f"the mail server gave no answer within {self.seconds:g} s"
            raise NotSent(reason, obstacle=Obstacle.SILENT) from None
        except (OSError, smtplib.SMTPException) as error:
            reason = f"the mail server cannot be reached ({type(error).__name__})"
            raise NotSent(reason, obstacle=Obstacle.SILENT) from None
        return str(mail["Message-ID"])

    def _deliver(self, mail: EmailMessage) -> None:
        server = self._connected()
        try:
            if self.user:
                server.login(self.user, self.password)
            server.send_message(mail)
        finally:
            # The mail is taken or refused by now; how the goodbye goes changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _mail(self, message: Message, message_id: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["Date"] = self.sender, formatdate()
        digits = message.dialled.lstrip("+")
        mail["To"] = self.to.format(phone=message.dialled, digits=digits, national=message.national)
        mail["Subject"] = SUBJECTS.get(message.language, SUBJECTS["zh"])
        mail["Message-ID"] = f"<{message_id}@{self.sender.rpartition('@')[2].rstrip('>')}>"
        mail.set_content(message.text, cte="base64")
        return mail

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.is_tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.seconds, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif self.user and not _is_here(self.host):
            server.close()
            raise NotSent("the mail server offers no encryption, so the password was not sent")
        return server


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
