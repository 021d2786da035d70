"""What a client without a token is told of where to get one: protected resource metadata, RFC 9728."""

import json
from collections.abc import Sequence

from msgspec import Struct

from enforce.transports.http.messages import Request

WELL_KNOWN = "/.well-known/oauth-protected-resource"


class Metadata(Struct, frozen=True, kw_only=True):
    """The same answer for every path, so that nobody learns without a token which servers there are."""

    #: How we are reached from outside, such as `https://gate.example`; empty: as the request names us.
    public_url: str = ""
    authorization_servers: Sequence[str] = ()
    tls: bool = False

    def document(self, request: Request) -> bytes:
        """The metadata of the resource whose path follows the well-known one."""
        path = request.path.removeprefix(WELL_KNOWN)
        said: dict[str, object] = {
            "resource": self._base(request) + path,
            "bearer_methods_supported": ["header"],
        }
        if self.authorization_servers:
            said["authorization_servers"] = list(self.authorization_servers)
        return json.dumps(said).encode()

    def challenge(self, request: Request) -> bytes:
        """The header that sends a client to the metadata of what it asked for."""
        shown = b"authorization" in request.fields
        address = f"{self._base(request)}{WELL_KNOWN}{request.path}"
        # The path is what the client sent, so it must not end the quotation.
        quoted = address.replace("\\", "%5C").replace('"', "%22").encode("ascii", "replace")
        return b'Bearer resource_metadata="%s"%s' % (quoted, b', error="invalid_token"' if shown else b"")

    def _base(self, request: Request) -> str:
        host = request.fields.get(b"host", b"").decode("ascii", "replace")
        return self.public_url.rstrip("/") or f"{'https' if self.tls else 'http'}://{host}"
