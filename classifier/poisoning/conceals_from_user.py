"""Does a text tell the model to keep something from the person it works for?"""

from classifier.poisoning.ideas import COVERTLY, NOT_TELL, NOT_TELL_ABROAD, TAKE, THIS, UNKNOWING, USER
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Saying

_DENIED_OF_SELF = r"\b(?:reveal|disclose|mention|admit|tell|say|explain|show|report)(?:ing)? (?:to (?:the )?(?:user|anyone|human) )?(?:that you|the existence of|these instructions|this instruction|this step|these steps|this requirement|this behaviou?r|this (?:side effect|process|action|upload|transfer|call|rule|message)|anything about|any of this|that the (?:file|data|credentials))"
_DENIAL = r"\b(?:do not|don'?t|never|must not|mustn'?t|should not|shouldn'?t|avoid|without|refrain from|under no circumstances|no need to|not)\b"
_PLAIN_SECRECY = r"\b(?:do not|don'?t|never|must not|should not|no need to) (?:ever )?(?:tell|inform|notify|alert|warn) (?:the |any |your )?(?:user|human|customer|operator|end.?user|person|anyone|them|users)(?: (?:\w+ ){0,2}(?:about (?:this|it|that|these|any of)|of (?:this|it)|that (?:you|the file|their|it|data|a|this)|anything|what you)|\s*(?:[.!,;\n<]|$))"

_SAYINGS = (
    Saying(
        message="Tells the model to keep something from the person it works for.", ideas=(_PLAIN_SECRECY,)
    ),
    Saying(
        message="Tells the model to keep something from the person it works for.",
        ideas=(NOT_TELL, THIS, USER),
        within=75,
    ),
    Saying(
        message="Tells the model not to say what it did.",
        ideas=(_DENIAL, _DENIED_OF_SELF),
        within=60,
        ordered=True,
        anchor=1,
    ),
    Saying(
        message="Tells the model to keep something from the person it works for.", ideas=(NOT_TELL_ABROAD,)
    ),
    Saying(message="Wants something to go unnoticed by the person the model works for.", ideas=(UNKNOWING,)),
    Saying(
        message="Wants something done behind the person's back.",
        ideas=(COVERTLY, TAKE),
        within=40,
        ordered=True,
    ),
    Saying(
        message="Tells the model what not to show, which is honest in most definitions.",
        ideas=(NOT_TELL, USER),
        within=60,
        strength="soft",
    ),
)

PROBE = PoisoningProbe(
    code="conceals-from-user",
    label="Secrecy towards the user",
    question="Does a text tell the model to keep something from the person it works for?",
    meaning="The text asks for silence about a step, or for something to be done behind the user's back.",
    matters="Nothing that is meant well has to be hidden from the person who uses the tool.",
    advice="Do not connect the server; look at what the rest of the text asks for.",
    sayings=_SAYINGS,
)
