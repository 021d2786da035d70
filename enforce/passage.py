"""What a gate gives back for the messages that it was given."""

from msgspec import Struct

from crawler.mcp.jsonrpc import Id, encode
from enforce.answers import error


class Passage(Struct):
    """What was let through, what the gate says itself, and what the person who runs it should know, in order."""

    to_server: list[bytes] = []
    to_client: list[bytes] = []
    notes: list[str] = []
    #: Requests of the client that go on to the server.
    opened: list[Id] = []
    #: A call that is kept open while its client shows a question, which is the last thing said to it.
    held: Id | None = None
    #: That question.
    question: Id | None = None
    #: A call that was kept open, and of which all the rest now speaks.
    resumed: Id | None = None
    #: Whether the client sent what is no message of the protocol.
    malformed: bool = False

    def undo(self, mark: tuple[int, int, int]) -> list[Id]:
        """Take back what was let through beyond so many messages to the server, to the client, and requests opened.

        Gives the requests that do not go on after all.
        """
        opened = self.opened[mark[2] :]
        del self.to_server[mark[0] :]
        del self.to_client[mark[1] :]
        del self.opened[mark[2] :]
        return opened

    def tell_client(self, id: Id | None, code: int, words: str) -> None:
        """Answer the client with an error."""
        self.to_client.append(encode(error(id, code, words)))

    def tell_server(self, id: Id, code: int, words: str) -> None:
        """Answer the server with an error."""
        self.to_server.append(encode(error(id, code, words)))
