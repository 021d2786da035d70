"""Does a call use up paid credits or metered compute?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="spends-credits",
    label="Spends credits",
    question="Does a call use paid credits, quota or metered compute, or may it take a paid plan?",
    meaning="Each call is billed to the account behind the server: image, video or speech generation, a model call, a paid lookup.",
    matters="An agent that retries or loops spends real money without buying anything that anyone wanted.",
    advice="Limit calls per hour, give the server a key with a spending cap, and look at the bill after the first day.",
    name=Cues(
        "generate|create|make|edit|upscale|render ~2 image|video|music|song|speech|audio|avatar|picture|photo|3d|clip|storyboard|scene",
        "text|image|video to image|video|speech|audio|music|3d|voice",
        "text2image|txt2img|img2img|image2video|text2video|text2speech|text2music",
        "tts|upscale|inpaint|outpaint|imagine|lipsync",
        "chat completion",
        "run|create ~1 prediction|inference",
        friends=[
            "create|make ~2 image|audio|video folder|list|tag|version|record",
            "docker|container|machine|disk|system|os image",
        ],
    ),
    text=Cues(
        "credit|token|quota ~3 consume|deduct|charge|use|spend|cost|bill",
        "consume|deduct|charge|use|spend|cost ~3 credit|quota",
        "cost|price ~3 per call|request|query|image|second|minute|generation|use",
        "per call|request|query|image|second|minute|generation cost|price|fee",
        "x402",
        "usdc|usd|cent per call|request|query",
        "pay per",
        "paid api|plan|tier|feature|endpoint|subscription|tool|call|request",
        "pro|paid|premium plan|tier|subscription required|only",
        "api cost|credit",
        "billing|billable|metered",
        "may incur ~3 cost|charge|fee",
        "price|fee|cost ~1 usd|usdc|dollar|cent",
        "price|fee|cost 0 001|002|005|01|02|03|04|05|10|15|20|25|30|35|40|45|50|60|70|75|80|90",
        "incur cost|charge|fee",
        "generate|create ~4 image|video|music|song ~4 prompt|text|description|model|flux|dall|diffusion|gemini|imagen",
        "text to image|video|speech|music",
        "扣费",
        "积分",
        "消耗",
        "付费",
        "créditos",
        "kredi",
        friends=[
            "credit card|score|note|memo|report",
            "access|auth|api|bearer|refresh token",
            "credit|debit ~2 transaction|entry",
            "token optimization|saving|efficiency|efficient|economy",
            "save|reduce ~3 token",
            "billing address|portal|cycle|contact|profile",
        ],
    ),
)
