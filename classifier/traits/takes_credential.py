"""Does the caller pass a secret?"""

from classifier.signals.handles_secrets import PROBE as SECRETS
from classifier.trait import TraitProbe, named

PROBE = TraitProbe(
    code="takes-credential",
    label="Takes a credential",
    question="Does the caller pass a secret as an argument?",
    meaning="An argument is a password, token, key or connection string.",
    matters="The secret stands in the model's context, in transcripts and in logs.",
    advice="Configure the secret at the server instead, by environment or file.",
    seek=named(SECRETS.parameters),
)
