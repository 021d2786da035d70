"""Does a call change who may do what?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="changes-access",
    label="Changes access",
    question="Does a call change permissions, roles, sharing, membership, users, keys or security settings?",
    meaning="After the call someone or something may do more, or less, than before.",
    matters="Access given by mistake stays open after the task is over, and nobody looks.",
    advice="Hold for approval; log who was given what; review memberships and shares afterwards.",
    name=Cues(
        "share|unshare|invite|grant|revoke|permission|permissions|acl|role|roles|policy|firewall|deactivate|suspend|unsuspend|authorize|whitelist|allowlist|blocklist|ban|unban|kick|approve ~3 user|member|access|role|collaborator|guest|permission|file|folder|document|link|invite|rule|group|team|key|token|policy|security|ip|delegation|acl",
        "add|remove|update|set|create|delete|assign|unassign|change|manage|modify|edit|enable|disable|attach|detach|reset|lock|unlock|activate|deactivate|put ~3 user|users|member|members|role|roles|permission|permissions|collaborator|acl|firewall|password|group|sharing|mfa|2fa|otp|sso|iam|acl|key|keys|access|policy|secret|token|certificate|admin|invitation|guest|owner|visibility|account|accounts",
        "share|unshare|invite|grant|revoke|ban|kick|impersonate|chmod|chown|unban",
        "protect branch",
        "branch protection",
        "security group|rule|policy|setting",
        "access control|policy|level|rule|key|token",
        "block|unblock ~1 user|contact|ip|sender",
        friends=[
            "get|list|search|find|read|check|show|describe|view|verify|analyze|fetch|retrieve ~4 user|users|member|members|role|roles|permission|permissions|policy|policies|access|key|keys|group|sharing|security|firewall|collaborator|token|account",
            "market|mind|voice|time share",
            "share price|holder",
            "user story|stories|message|profile|agent|data|event|property|attribute|note",
            "key|primary|foreign|public|cache|idempotency key value",
            "group ~1 by|chat|message|email",
            "access log",
            "content|refund|privacy|insurance|retention|backup policy",
        ],
    ),
    text=Cues(
        "grant|revoke|change|modify|assign|add|remove|set|update|manage ~4 permission|access|role|privilege|membership|acl",
        "share ~5 with ~3 user|people|other|someone|team|email|anyone|group",
        "invite ~4 user|member|people|collaborator|team|guest",
        "add|remove ~3 user|member|collaborator ~3 to|from ~3 team|group|organization|project|channel|workspace|role|repository|list",
        "create|delete|deactivate|suspend|disable|enable|activate|update ~2 user account|user|account|api key|firewall|key|token",
        "firewall|security group|rule|policy",
        "reset ~3 password",
        "access control|policy",
        "iam ~1 policy|role|user",
        "branch protection",
        "权限",
        "成员",
        "授权",
        "アクセス権",
        "권한",
        "permiso|permisos",
        "permissão|permissões",
        "yetki",
        friends=[
            "get|list|search|find|read|check|show|describe|view|retrieve|fetch ~6 permission|access|role|member|user|policy|group|firewall",
            "require|need|requires ~4 permission|access|role",
            "permission required",
        ],
    ),
)
