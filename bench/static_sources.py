"""The densest servers: sources of each language in which every line belongs to a tool."""

from collections.abc import Mapping

PYTHON = '''
@mcp.tool(annotations=ToolAnnotations(readOnlyHint=True))
async def find_{n}(query: str, limit: Annotated[int, Field(ge=1, le=100)] = 10, tags: list[str] | None = None) -> list[Note]:
    """Find notes of the kind {n}.

    Args:
        query: Words that all must occur.
        limit: How many notes at most.
        tags: Only notes with one of these.
    """
    parameters: dict[str, Any] = {{"q": query, "limit": limit, "kind": "{n}"}}
    if tags:
        parameters["tags"] = ",".join(sorted(set(tags)))
    async with httpx.AsyncClient(timeout=30.0) as client:
        response = await client.get(f"{{BASE}}/notes/{n}", params=parameters)
        response.raise_for_status()
    found = [Note(**item) for item in response.json().get("items", []) if item.get("title")]
    for note in found:
        logger.debug("note %s has %d words", note.title, len(note.text.split()))
    return sorted(found, key=lambda note: (note.updated, note.title), reverse=True)[:limit]
'''

PYTHON_HEAD = """
import logging
from typing import Annotated, Any
import httpx
from mcp.server.fastmcp import FastMCP
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field
logger = logging.getLogger(__name__)
BASE = "https://example.com/api"
mcp = FastMCP("notes")
class Note(BaseModel):
    title: str
    text: str = ""
    updated: float = 0.0
"""

JAVASCRIPT = """
server.registerTool("find_{n}", {{
    title: "Find notes {n}", description: "Find notes of the kind {n}.",
    inputSchema: {{ query: z.string().describe("Words that all must occur."), limit: z.number().int().min(1).max(100).default(10),
        tags: z.array(z.string()).optional().describe("Only notes with one of these.") }},
    annotations: {{ readOnlyHint: true }},
}}, async ({{ query, limit, tags }}) => {{
    const parameters = new URLSearchParams({{ q: query, limit: String(limit), kind: "{n}" }});
    if (tags) {{ parameters.set("tags", [...new Set(tags)].sort().join(",")); }}
    const response = await fetch(`${{base}}/notes/{n}?${{parameters}}`, {{ headers: {{ accept: "application/json" }} }});
    if (!response.ok) {{ throw new Error(`The service answered ${{response.status}} ${{response.statusText}}`); }}
    const body = await response.json();
    const found = (body.items ?? []).filter((item) => item.title).map((item) => ({{ ...item, words: item.text.split(" ").length }}));
    found.sort((a, b) => b.updated - a.updated || a.title.localeCompare(b.title));
    return {{ content: found.slice(0, limit).map((note) => ({{ type: "text", text: `${{note.title}}: ${{note.text}}` }})) }};
}});
"""

JAVASCRIPT_HEAD = """
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
const base = "https://example.com/api";
const server = new McpServer({ name: "notes", version: "1.0.0" });
"""

GO = """
type Find{n}Input struct {{
	Query string   `json:"query" jsonschema:"Words that all must occur."`
	Limit int      `json:"limit,omitempty" jsonschema:"How many notes at most."`
	Tags  []string `json:"tags,omitempty" jsonschema:"Only notes with one of these."`
}}

func find{n}(ctx context.Context, req *mcp.CallToolRequest, in Find{n}Input) (*mcp.CallToolResult, any, error) {{
	parameters := url.Values{{"q": {{in.Query}}, "limit": {{strconv.Itoa(in.Limit)}}, "kind": {{"{n}"}}}}
	response, err := client.Get(base + "/notes/{n}?" + parameters.Encode())
	if err != nil {{
		return nil, nil, fmt.Errorf("the service did not answer: %w", err)
	}}
	defer response.Body.Close()
	var found []Note
	if err := json.NewDecoder(response.Body).Decode(&found); err != nil {{
		return nil, nil, err
	}}
	sort.Slice(found, func(a, b int) bool {{ return found[a].Updated > found[b].Updated }})
	return &mcp.CallToolResult{{Content: []mcp.Content{{&mcp.TextContent{{Text: render(found)}}}}}}, nil, nil
}}

func init() {{
	mcp.AddTool(server, &mcp.Tool{{Name: "find_{n}", Description: "Find notes of the kind {n}."}}, find{n})
}}
"""

RUST = """
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Find{n}Input {{
    /// Words that all must occur.
    pub query: String,
    #[schemars(description = "How many notes at most.")]
    #[serde(default)]
    pub limit: u32,
    pub tags: Option<Vec<String>>,
}}

#[tool_router]
impl Notes{n} {{
    #[tool(name = "find_{n}", description = "Find notes of the kind {n}.", annotations(read_only_hint = true))]
    async fn find(&self, Parameters(input): Parameters<Find{n}Input>) -> Result<CallToolResult, McpError> {{
        let parameters = [("q", input.query.as_str()), ("limit", &input.limit.to_string()), ("kind", "{n}")];
        let response = self.client.get(format!("{{}}/notes/{n}", self.base)).query(&parameters).send().await?;
        let mut found: Vec<Note> = response.error_for_status()?.json().await?;
        found.retain(|note| !note.title.is_empty());
        found.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.title.cmp(&b.title)));
        for note in &found {{
            tracing::debug!("note {{}} has {{}} words", note.title, note.text.split_whitespace().count());
        }}
        Ok(CallToolResult::success(vec![Content::text(render(&found))]))
    }}
}}
"""

JAVA = """
class Find{n} {{
    @McpTool(name = "find_{n}", description = "Find notes of the kind {n}.")
    public List<Note> find(
            @McpToolParam(description = "Words that all must occur.") String query,
            @McpToolParam(description = "How many notes at most.", required = false) int limit,
            @McpToolParam(description = "Only notes with one of these.", required = false) List<String> tags) {{
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("q", query);
        parameters.put("limit", limit);
        ResponseEntity<Note[]> response = client.getForEntity(base + "/notes/{n}", Note[].class, parameters);
        if (!response.getStatusCode().is2xxSuccessful()) {{
            throw new IllegalStateException("The service answered " + response.getStatusCode());
        }}
        List<Note> found = new ArrayList<>(Arrays.asList(response.getBody()));
        found.sort(Comparator.comparing(Note::getUpdated).reversed().thenComparing(Note::getTitle));
        found.forEach(note -> log.debug("note {{}} has {{}} words", note.getTitle(), note.getText().split(" ").length));
        return found.subList(0, Math.min(limit, found.size()));
    }}
}}
"""

CSHARP = """
[McpServerToolType]
public sealed class Find{n}(HttpClient client, ILogger<Find{n}> logger)
{{
    [McpServerTool(Name = "find_{n}", ReadOnly = true), Description("Find notes of the kind {n}.")]
    public async Task<string> FindAsync(
        [Description("Words that all must occur.")] string query,
        [Description("How many notes at most.")] int limit = 10,
        [Description("Only notes with one of these.")] string[]? tags = null,
        CancellationToken token = default)
    {{
        var address = $"{{Base}}/notes/{n}?q={{Uri.EscapeDataString(query)}}&limit={{limit}}";
        using var response = await client.GetAsync(address, token);
        response.EnsureSuccessStatusCode();
        var found = await response.Content.ReadFromJsonAsync<List<Note>>(token) ?? [];
        var chosen = found.Where(note => note.Title.Length > 0).OrderByDescending(note => note.Updated).Take(limit).ToList();
        foreach (var note in chosen)
        {{
            logger.LogDebug("note {{Title}} has {{Count}} words", note.Title, note.Text.Split(' ').Length);
        }}
        return string.Join("\\n", chosen.Select(note => $"{{note.Title}}: {{note.Text}}"));
    }}
}}
"""

KOTLIN = """
fun Server.find{n}() {{
    addTool(
        name = "find_{n}",
        description = "Find notes of the kind {n}.",
        inputSchema = ToolSchema(
            properties = buildJsonObject {{
                putJsonObject("query") {{ put("type", "string"); put("description", "Words that all must occur.") }}
                putJsonObject("limit") {{ put("type", "integer"); put("description", "How many notes at most.") }}
            }},
            required = listOf("query"),
        ),
    ) {{ request ->
        val query = request.arguments?.get("query")?.jsonPrimitive?.content ?: return@addTool missing("query")
        val limit = request.arguments?.get("limit")?.jsonPrimitive?.intOrNull ?: 10
        val found = client.get("$base/notes/{n}") {{ parameter("q", query); parameter("limit", limit) }}.body<List<Note>>()
        val chosen = found.filter {{ it.title.isNotEmpty() }}.sortedByDescending {{ it.updated }}.take(limit)
        chosen.forEach {{ logger.debug("note ${{it.title}} has ${{it.text.split(" ").size}} words") }}
        CallToolResult(content = chosen.map {{ TextContent("${{it.title}}: ${{it.text}}") }})
    }}
}}
"""

RUBY = """
class Find{n} < MCP::Tool
  tool_name "find_{n}"
  description "Find notes of the kind {n}."
  input_schema(
    properties: {{
      query: {{ type: "string", description: "Words that all must occur." }},
      limit: {{ type: "integer", description: "How many notes at most." }},
      tags: {{ type: "array", items: {{ type: "string" }} }}
    }},
    required: ["query"]
  )

  def self.call(query:, server_context:, limit: 10, tags: nil)
    parameters = {{ q: query, limit: limit, kind: "{n}" }}
    parameters[:tags] = tags.uniq.sort.join(",") if tags
    response = server_context[:client].get("/notes/{n}", parameters)
    raise "The service answered #{{response.status}}" unless response.success?

    found = JSON.parse(response.body).fetch("items", []).select {{ |item| item["title"] }}
    found.sort_by! {{ |item| [-item["updated"], item["title"]] }}
    MCP::Tool::Response.new(found.first(limit).map {{ |item| {{ type: "text", text: item["text"] }} }})
  end
end
"""

PHP = """
class Find{n}
{{
    /**
     * Find notes of the kind {n}.
     *
     * @param string $query Words that all must occur.
     * @param int $limit How many notes at most.
     * @param string[] $tags Only notes with one of these.
     */
    #[McpTool(name: 'find_{n}')]
    public function find(string $query, int $limit = 10, array $tags = []): array
    {{
        $parameters = ['q' => $query, 'limit' => $limit, 'kind' => '{n}'];
        if ($tags !== []) {{
            $parameters['tags'] = implode(',', array_unique($tags));
        }}
        $response = $this->client->request('GET', $this->base . '/notes/{n}', ['query' => $parameters]);
        if ($response->getStatusCode() >= 400) {{
            throw new RuntimeException('The service answered ' . $response->getStatusCode());
        }}
        $found = array_filter(json_decode($response->getBody(), true)['items'] ?? [], fn (array $item) => isset($item['title']));
        usort($found, fn (array $a, array $b) => $b['updated'] <=> $a['updated']);
        return array_slice($found, 0, $limit);
    }}
}}
"""

#: The other languages, with what stands at the start of each file.
OTHERS = {
    "Go": ("go", "package notes\n", GO),
    "Rust": ("rs", "use rmcp::tool;\n", RUST),
    "Java": ("java", "import org.springaicommunity.mcp.annotation.McpTool;\n", JAVA),
    "C#": ("cs", "using ModelContextProtocol.Server;\n", CSHARP),
    "Kotlin": ("kt", "import io.modelcontextprotocol.kotlin.sdk.server.Server\n", KOTLIN),
    "Ruby": ("rb", 'require "mcp"\n', RUBY),
    "PHP": ("php", "<?php\nuse Mcp\\Capability\\Attribute\\McpTool;\n", PHP),
}


def dense(head: str, tool: str, suffix: str, files: int = 40, tools: int = 20) -> dict[str, bytes]:
    """A server of which every file registers tools and holds nothing else."""
    return {
        f"notes/part_{file}.{suffix}": "".join([head, *(tool.format(n=f"{file}_{n}") for n in range(tools))]).encode()
        for file in range(files)
    }  # fmt: skip


def bundled(source: Mapping[str, bytes]) -> dict[str, bytes]:
    """Everything in one file, as bundlers write it, behind a large library that registers nothing."""
    library = "\n".join(
        f"function helper{n}(value) {{\n  return value.map((item) => ({{ ...item, n: {n} }}));\n}}"
        for n in range(20_000)
    )
    return {"dist/index.js": (library + "\n" + b"\n".join(source.values()).decode()).encode()}


def minified(source: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same without line breaks and indentation."""
    return {path: b"".join(line.strip() for line in content.split(b"\n")) for path, content in source.items()}
