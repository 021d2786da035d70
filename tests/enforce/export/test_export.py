"""Each target's text for one rich policy, its losses, and the traps that are not walked into."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from enforce.counters.memory import Unlimited
from enforce.decide import Call, decide
from enforce.export import FORMATS, export_policy, server_key
from enforce.law import Law
from enforce.policy import Policy
from enforce.policyfile import read_policy

RICH = """\
version: "1"
default: deny
server: pypi:mcp-pay
release: 1.2.0
hide: [drop_all]
all_tools: {limits: [{counter: calls, window: minute, max: 300}]}
tools:
  list_x: {}
  get_*: {}
  wipe: {action: deny}
  create_x: {rate_limit: 30/minute}
  refund:
    deny_if: [{conditions: [{path: args.amount, op: gt, value: 100}], on_deny: Too much.}]
  pay:
    require: [{conditions: [{path: args.currency, op: in, value: [usd, eur]}]}]
    limits: [{counter: spend, window: day, max: 500, cost: args.amount}]
    require_approval: true
"""


def policy(text: str) -> Policy:
    return read_policy(text if text.startswith("version") else f'version: "1"\n{text}', "t.yaml")


def parsed(form: str, text: str) -> Any:
    if form == "codex":
        return tomllib.loads(text)
    if form in ("agentgateway", "envoy", "toolhive", "intercept"):
        return yaml.safe_load(text)
    return text if form in ("docker", "rego") else json.loads(text)


NEVER_UNASKED = {"disableBypassPermissionsMode": "disable", "disableAutoMode": "disable"}

EXPECTED: dict[str, Any] = {
    "claude-code": {
        "permissions": {
            "deny": ["mcp__mcp-pay__wipe", "mcp__mcp-pay__drop_all"],
            "ask": ["mcp__mcp-pay__refund", "mcp__mcp-pay__pay"],
            "allow": ["mcp__mcp-pay__list_x", "mcp__mcp-pay__create_x", "mcp__mcp-pay__get_*"],
            **NEVER_UNASKED,
        }
    },
    "codex": {
        "mcp_servers": {
            "mcp-pay": {
                "enabled_tools": ["list_x", "create_x", "refund", "pay"],
                "default_tools_approval_mode": "prompt",
                "tools": {
                    "list_x": {"approval_mode": "auto"},
                    "create_x": {"approval_mode": "auto"},
                    "refund": {"approval_mode": "prompt"},
                    "pay": {"approval_mode": "prompt"},
                },
            }
        }
    },
    "gemini": {
        "mcpServers": {
            "mcp-pay": {
                "trust": False,
                "includeTools": ["list_x", "create_x", "refund", "pay"],
                "excludeTools": ["wipe", "drop_all"],
            }
        },
        "security": {"disableYoloMode": True},
    },
    "cursor": {
        "permissions": {
            "allow": ["Mcp(mcp-pay:list_x)", "Mcp(mcp-pay:create_x)"],
            "deny": ["Mcp(mcp-pay:wipe)", "Mcp(mcp-pay:drop_all)"],
        }
    },
    "vscode": {
        "servers": {
            "mcp-pay": {
                "type": "stdio",
                "command": "tollhouse-proxy",
                "args": [
                    "stdio", "--policy", "${workspaceFolder}/.vscode/mcp-pay.policy.json", "--", "uvx", "mcp-pay==1.2.0",
                ],
            }
        }
    },
    "zed": {
        "agent": {
            "profiles": {
                "tollhouse": {
                    "name": "Tollhouse",
                    "enable_all_context_servers": False,
                    "context_servers": {
                        "mcp-pay": {
                            "tools": {
                                "list_x": True, "wipe": False, "create_x": True,
                                "refund": False, "pay": False, "drop_all": False,
                            }
                        }
                    },
                }
            }
        }
    },
    "copilot": {"mcpServers": {"mcp-pay": {"tools": ["list_x", "create_x"]}}},
    "docker": "docker mcp gateway run --servers mcp-pay --tools mcp-pay:list_x --tools mcp-pay:create_x\n",
    "agentgateway": {
        "mcp": {
            "policies": {
                "mcpAuthorization": {
                    "rules": [
                        '(mcp.tool.name in ["list_x", "create_x"]) || '
                        '!(mcp.tool.name in ["wipe", "refund", "pay", "drop_all"]) && '
                        '(mcp.tool.name.matches("^get_(.|\\\\n)*$")) && true'
                    ]
                }
            },
            "targets": [{"name": "mcp-pay"}],
        }
    },
}  # fmt: skip


@pytest.mark.parametrize("form", EXPECTED)
def test_a_rich_policy_in_the_words_of_each_target(form: str) -> None:
    """What each format's reader gets."""
    assert parsed(form, export_policy(policy(RICH), form).text) == EXPECTED[form]


LOSSES = {
    "claude-code": 6, "codex": 7, "gemini": 7, "cursor": 7, "vscode": 0, "zed": 7, "copilot": 7, "docker": 7,
    "agentgateway": 6, "toolhive": 8, "envoy": 4, "intercept": 6, "rego": 3,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_every_loss_is_told(form: str) -> None:
    """No target but our own proxy says all of it, and each says what it lacks by the rule's pointer."""
    losses = export_policy(policy(RICH), form).losses

    assert len(losses) == LOSSES[form]
    if form != "vscode":
        assert any(loss.rule == "/all_tools/limits/0" and loss.looser for loss in losses)


@pytest.mark.parametrize("form", FORMATS)
def test_a_policy_that_every_target_can_say_loses_nothing_much(form: str) -> None:
    """An allow-list without rules: at most the standing of what is not listed."""
    losses = export_policy(policy("default: deny\nserver: pypi:x\ntools: {a: {}, b: {}}"), form).losses

    assert [loss.rule for loss in losses] == (["/default"] if form in ("claude-code", "cursor") else [])


TRAPS: list[tuple[str, str, Any]] = [
    # A server-wide deny beats every allow, so it stands alone.
    ("claude-code", "default: deny\ntools: {}", {"permissions": {"deny": ["mcp__server"]}}),
    ("claude-code", "default: allow\ntools: {}", {"permissions": {"allow": ["mcp__server__*"]}}),
    # A rule with parentheses is skipped without a word; for a tool to deny, the server is denied.
    (
        "claude-code",
        'default: deny\nhide: ["x(y)"]\ntools: {a: {}}',
        {"permissions": {"deny": ["mcp__server"], "allow": ["mcp__server__a"], **NEVER_UNASKED}},
    ),
    (
        "claude-code",
        "default: deny\nhide: [a.b]\ntools: {c: {}}",
        {
            "permissions": {
                "deny": ["mcp__server__a.b", "mcp__server__a_b"],
                "allow": ["mcp__server__c"],
                **NEVER_UNASKED,
            }
        },
    ),
    # A glob holds there as well, with what restricts every tool; one that it cannot say closes the rest.
    (
        "claude-code",
        'default: allow\nhide: ["debug_*"]\ntools: {"del*": {action: deny}, "*": {require_approval: true}}',
        {
            "permissions": {
                "deny": ["mcp__server__del*", "mcp__server__debug_*"],
                "ask": ["mcp__server__*"],
                "allow": ["mcp__server__*"],
                **NEVER_UNASKED,
            }
        },
    ),
    (
        "claude-code",
        'default: deny\ntools: {"get_*": {}, "*": {require_approval: true}}',
        {"permissions": {"ask": ["mcp__server__get_*"], **NEVER_UNASKED}},
    ),
    (
        "claude-code",
        'default: allow\nhide: ["x?"]\ntools: {a: {}}',
        {"permissions": {"allow": ["mcp__server__a"], **NEVER_UNASKED}},
    ),
    # Without any policy it does not start.
    (
        "toolhive",
        "default: deny",
        {
            "version": "1.0",
            "type": "cedarv1",
            "cedar": {"policies": ["forbid(principal, action, resource);"], "entities_json": "[]"},
        },
    ),
    # A glob that hides closes nothing that is not closed anyway.
    (
        "intercept",
        'default: deny\nhide: ["d*"]\ntools: {a: {}, drop: {}}',
        {
            "version": "1",
            "default": "deny",
            "hide": ["drop"],
            "tools": {"a": {"rules": []}, "drop": {"rules": []}},
        },
    ),
    # An empty allow-list could be read as none.
    (
        "codex",
        "default: deny\ntools: {}",
        {"mcp_servers": {"server": {"enabled_tools": [], "enabled": False}}},
    ),
    (
        "gemini",
        "default: deny\ntools: {}",
        {"mcpServers": {"server": {"trust": False, "includeTools": []}}, "mcp": {"excluded": ["server"]}},
    ),
    ("copilot", "default: deny\ntools: {}", {"mcpServers": {}}),
    ("docker", "default: deny\ntools: {}", "# No tool is allowed: do not run this server.\n"),
    (
        "docker",
        'default: deny\ntools: {"a;rm -rf": {}, "b,c": {}}',
        "# No tool is allowed: do not run this server.\n",
    ),
    # A glob that restricts closes the default where the target has no globs.
    (
        "codex",
        'default: allow\ntools: {"del*": {action: deny}, a: {}}',
        {"mcp_servers": {"server": {"enabled_tools": ["a"]}}},
    ),
    ("zed", "default: allow\nhide: [x]\ntools: {a: {}}", {"a": True, "x": False}),
    (
        "vscode",
        "default: allow",
        ["stdio", "--policy", "${workspaceFolder}/.vscode/server.policy.json", "--", "COMMAND"],
    ),
]


@pytest.mark.parametrize(("form", "text", "expected"), TRAPS)
def test_no_target_fails_open(form: str, text: str, expected: Any) -> None:
    """Where a target's own rules would let more through, the stricter form is written."""
    found = parsed(form, export_policy(policy(text), form).text)
    if form == "zed":
        found = found["agent"]["profiles"]["tollhouse"]["context_servers"]["server"]["tools"]
    if form == "vscode":
        found = found["servers"]["server"]["args"]

    assert found == expected


def test_what_goes_to_intercept_comes_back_the_same() -> None:
    """Over what it can say, our own reader of its files finds the same decisions."""
    ours = policy(
        """default: deny
hide: [gone]
all_tools: {limits: [{counter: all, window: hour, max: 100}]}
tools:
  free: {}
  never: {deny_if: [{conditions: [], on_deny: "No.", why: w}]}
  pay:
    require: [{conditions: [{path: args.amount, op: lte, value: 100}, {path: args.currency, op: in, value: [usd]}], on_deny: Too much.}]
    deny_if: [{conditions: [{path: args.force, op: exists}]}]
    limits: [{counter: n, window: minute, max: 5}, {counter: spend, window: day, max: 500, cost: args.amount}]
"""
    )
    again = read_policy(export_policy(ours, "intercept").text, "intercept.yaml")
    calls = [("free", {}), ("never", {}), ("gone", {}), ("other", {})]
    calls += [
        ("pay", arguments | force)
        for arguments in ({"amount": 100, "currency": "usd"}, {"amount": 101, "currency": "usd"}, {"amount": 1}, {"amount": "1", "currency": 5})
        for force in ({}, {"force": True})
    ]  # fmt: skip

    def judged(one: Policy) -> list[tuple[str, str, list[tuple[object, ...]]]]:
        decisions = [
            decide(Law(one), Call(tool=tool, arguments=arguments), Unlimited(), 0.0)
            for tool, arguments in calls
        ]
        return [
            (
                decision.outcome,
                decision.reason,
                [(part.window, part.max, part.amount) for part in decision.reservations],
            )
            for decision in decisions
        ]

    assert judged(again) == judged(ours)


@pytest.mark.parametrize(
    ("server", "key"),
    [("pypi:mcp-sora", "mcp-sora"), ("npm:@a/b", "b"), ("github:o/r#packages/x", "r"), (None, "server")],
)
def test_what_a_client_would_call_the_server(server: str | None, key: str) -> None:
    """The last part of its name."""
    assert server_key(Policy(default="deny", server=server)) == key


def test_every_format_is_one_file() -> None:
    """A format without a file, or a file that no format uses, is a slip."""
    shared = {"__init__", "cel", "expressions", "losses", "outline"}
    files = {file.stem for file in Path(__file__).parents[3].glob("enforce/export/*.py")}

    assert files - shared == set(FORMATS.values())
