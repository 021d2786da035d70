"""What secures connections to a gateway: a certificate and its key, read again when they are renewed."""

import ssl
from pathlib import Path

from enforce.errors import EnforceError
from enforce.watched import Watched


class BadCertificate(EnforceError):
    """A certificate or its key that cannot be used."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(path, fault)
        self.path = path
        self.fault = fault

    def __str__(self) -> str:
        return f"the certificate {self.path} cannot be used: {self.fault}"


class Certificate:
    """The certificate as it stands in its files; raises BadCertificate where they cannot be read first."""

    def __init__(self, certificate: Path, key: Path | None) -> None:
        self._files = (certificate, key)
        self._watched = [Watched(file) for file in self._files if file is not None]
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._load()

    def reread(self) -> str | None:
        """Take over a renewed certificate for connections that come from now on; words for the operator."""
        changed = [file.has_changed() for file in self._watched]
        if not any(changed):
            return None
        try:
            self._load()
        except BadCertificate as error:
            return f"the changed certificate is broken, and the old one stays in force: {error}"
        return "the certificate has changed"

    def _load(self) -> None:
        certificate, key = self._files
        try:
            # On trial first: what fails halfway would leave the one in use with a key that is not its own.
            trial = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            for context in (trial, self.context):
                context.load_cert_chain(certificate, key, password=_nobody)
        except (OSError, ssl.SSLError) as error:
            raise BadCertificate(certificate, str(error)) from error


def _nobody() -> str:
    """In place of a question on the terminal, for whose answer every request would wait."""
    raise OSError("its key is encrypted, and nobody is asked for a pass phrase: give the key without one")
