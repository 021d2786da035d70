"""Does a call change many items at once?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="bulk-operation",
    label="Bulk operation",
    question="Does one call change the state of many items: a list of targets, all, a wildcard, a batch?",
    meaning="The call takes a list, a filter or the word “all”, and changes everything that fits.",
    matters="One mistaken call does the damage of hundreds, and a limit on calls does not limit it.",
    advice="Allow short lists only, or let the agent use the single-item tool and limit its rate.",
    name=Cues(
        "bulk|batch|mass|multiple|multi|many|all|bulkdelete|bulkupdate|everything",
        friends=[
            "get|list|search|read|find|fetch|retrieve|show|query|describe|count|lookup|check|view ~3 all|many|multiple|batch|bulk|multi",
            "all in one",
            "multi modal|agent|step|line|city|turn|browserbase",
        ],
    ),
    text=Cues(
        "bulk|batch",
        "multiple ~2 item|record|file|row|task|message|user|entity|relation|document|page|key|node|issue|object|event|contact|email|operation|resource|cell|card|product|tag|label|operation|edit|member",
        "in a single|one call|request|operation|batch|transaction",
        "at once",
        "list|array of ~3 to delete|update|create|add|remove|move|insert|send|modify",
        "all ~4 that match|matching",
        "mass",
        "delete|remove|clear|reset|cancel|close|stop|update|archive all",
        "one or more|several ~3 at|in",
        "批量",
        "全部",
        "一括",
        "일괄",
        "toplu",
        "en lote",
        "em massa|lote",
        friends=[
            "get|list|search|read|find|fetch|retrieve|query ~5 multiple|bulk|batch|all|once",
            "batch job|size",
        ],
    ),
    parameters=Cues("ids"),
)
