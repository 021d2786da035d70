"""Does a call hand the task to another model or agent?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="delegates-to-agent",
    label="Delegates to an agent",
    question="Does a call hand the task to another model or agent that acts by itself?",
    meaning="Behind the call another model thinks, and sometimes acts, on what it was told.",
    matters="What the other one does is outside of this policy, and both can talk each other into trouble.",
    advice="Give the other agent its own, smaller rights; put a gate in front of its tools too.",
    name=Cues(
        "ask|chat|prompt|query|consult|call|talk|think|brainstorm|complete|generate|send|message|invoke|run|execute|delegate|spawn|create|start|launch|dispatch|assign ~3 gpt|chatgpt|claude|gemini|llm|openai|deepseek|grok|ollama|mistral|model|models|agent|agents|subagent|ai|assistant|copilot|codex|perplexity|duck|ducks|qwen|kimi|thinker|crew|swarm|bot|oracle|expert|gemma|o1|o3",
        "agent|subagent|ai|gpt|claude|gemini|openai|llm|deepseek|copilot|codex|perplexity|grok|ollama|duck|assistant ~2 run|ask|chat|query|task|prompt|execute|invoke|send|completion|complete|generate|brainstorm|start|call|research|review|analyze|reason|answer|search|codegen",
        "chat completion|completions",
        "subagent|delegate|consensus|handoff|swarm|deepresearch|thinkdeep|text+generation|brainstorm|autopilot",
        "deep research|think",
        "ask ~2 question|expert",
        "second opinion",
        "run ~1 task|agent|crew|flow",
        "natural language",
        "agent",
        "chat|ask",
        friends=[
            "list|get|search|find|show|update|delete|describe|register|read ~3 agent|agents|model|models|assistant|chat|bot|prompt",
            "user agent",
            "chat ~1 history|id|message|messages|member|members|list|room|info",
            "group|slack|teams|telegram|whatsapp|discord chat",
            "agent ~1 id|card|list|info|memory|config|key",
        ],
    ),
    text=Cues(
        "ask|query|prompt|consult|delegate|send|call|invoke|chat|use|using ~5 gpt|chatgpt|claude|gemini|llm|openai|deepseek|grok|ollama|mistral|perplexity|language+model|ai+model|assistant|agent|copilot|codex|anthropic|qwen|kimi|sonar",
        "ai|autonomous|specialized|coding|browser|research|sub|llm agent|agents",
        "language model",
        "chat completion",
        "powered by ~3 ai|gpt|llm|gemini|claude",
        "ai assistant|generated|powered|analysis|model",
        "agent ~3 that|will|to ~4 task|perform|execute|complete|analyze",
        "deep research",
        "natural language ~4 task|instruction|goal|prompt",
        "大模型",
        "智能体",
        "エージェント",
        "에이전트",
        friends=[
            "user agent",
            "for|an|the|your|ai|this ai|agent agent|assistant ~1 should|can|must|may|to use",
            "ai agent ~1 should|can|must|may|tool|tools|use",
            "list|get|search|delete|update ~4 agent|model|assistant",
        ],
    ),
    parameters=Cues(
        "prompt|instruction|instructions",
        "system prompt",
        "agent ~1 id|name|type",
        friends=["task ~1 id|name|type|list|key|gid|status|title", "question ~1 id", "prompt ~1 id|name"],
    ),
)
