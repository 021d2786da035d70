"""Does the caller say who receives something?"""

from classifier.cues import Cues
from classifier.trait import TraitProbe, named

PROBE = TraitProbe(
    code="takes-recipient",
    label="Takes a recipient",
    question="Does the caller say who receives something?",
    meaning="An argument names a person, channel, phone number or account that gets a message or value.",
    matters="A changed recipient is the shortest way from private data to a stranger.",
    advice="Require a pattern of known recipients, such as your own domain.",
    seek=named(
        Cues(
            "recipient|recipients|cc|bcc|attendee|attendees|invitee|invitees|payee|beneficiary|receiver",
            "to ~1 email|address|number|user|phone|account|recipients|wallet",
            "to",
            "phone number",
            "channel|chat id",
            "destination ~1 address|account|wallet",
            "email|emails",
            friends=[
                "to ~1 date|time|index|line|currency|status|unit|timezone|language|format|version|ref|branch|station|city|block|page|id|token|chain|column|row|state|list|level|node|x|y|airport|year|position|lang",
                "email template|type|id|subject|body",
            ],
        )
    ),
)
