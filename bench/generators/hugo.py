"""The same site by Hugo, as far as its templates can: once its tool pages alone, once every file of tools and servers.

In the second job Hugo makes from data what we make from data, HTML and JSON. What its templates cannot work out, the texts of policies
in their formats, the feed and the badge, it is given ready-made and only writes.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

#: Kinds of pages that Hugo would add of its own accord.
_NONE = ["taxonomy", "term", "RSS", "sitemap", "404", "section", "home"]


def tool_pages(site: Path, folder: Path, base: str) -> None:
    """The tool pages' JSON twins as content, and a template that makes pages of about the same size."""
    _configure(folder, base, ["HTML"])
    _template(folder, "t", _sample(site, "s/*/*/t/*/index.html"), TOOL)
    for number, twin in enumerate(site.glob("s/*/*/t/*/index.json")):
        _content(folder, f"t/{number}", json.loads(twin.read_bytes()))


def every_file(site: Path, folder: Path, base: str) -> None:
    """As `tool_pages`, with a JSON twin beside each page, servers' pages, and all other files of each server."""
    tool_pages(site, folder, base)
    _configure(folder, base, ["HTML", "JSON"])
    _template(folder, "s", _sample(site, "s/*/*/index.html"), SERVER)
    for kind in ("t", "s"):
        (folder / f"layouts/{kind}/single.json").write_text("{{ jsonify .Params.data }}")
    for number, twin in enumerate(site.glob("s/*/*/index.json")):
        others = [*twin.parent.glob("policies/*"), twin.parent / "badge.svg", twin.parent / "feed.atom"]
        files = [{"at": str(file.relative_to(site)), "text": file.read_text()} for file in others]
        _content(folder, f"s/{number}", json.loads(twin.read_bytes()), files=files)


def run(program: Path, folder: Path) -> None:
    """One build into `public`."""
    subprocess.run([program, "--quiet", "--source", folder], check=True)


def _configure(folder: Path, base: str, outputs: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"baseURL": base, "disableKinds": _NONE, "outputs": {"page": outputs}}
    (folder / "hugo.json").write_text(json.dumps(settings))


def _sample(site: Path, pattern: str) -> str:
    return next(iter(site.glob(pattern))).read_text()


def _template(folder: Path, kind: str, sample: str, main: str) -> None:
    """The template for pages of a *kind*: head and foot of a page of ours around *main*."""
    head, foot = sample[: sample.index("<main")], sample[sample.index("</main>") :]
    head = re.sub(r"<title>.*?</title>", "<title>{{ .Title }}</title>", head)
    (folder / f"layouts/{kind}").mkdir(parents=True)
    (folder / f"layouts/{kind}/single.html").write_text(head + main + foot)


def _content(folder: Path, path: str, data: dict[str, Any], **others: Any) -> None:
    title = data["name"] if "name" in data else data["listing"]["name"]
    front = {"title": title, "url": data["path"], "params": {"data": data, **others}}
    file = folder / f"content/{path}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(front))


TOOL = """<main id="content">{{ $d := .Params.data }}
<h1 class="code">{{ $d.name }}</h1>
<section class="ticket {{ $d.category }}"><strong>{{ $d.category }}</strong> {{ $d.severity }}
<ol class="why">{{ range $d.why }}<li>{{ . }}</li>{{ end }}</ol><p>{{ mul 100 $d.confidence }} % sure</p></section>
<section><h2>What it says it does</h2><div class="quoted">{{ $d.description }}</div></section>
<section><h2>Risk signals</h2><ul class="signals">{{ range $d.signals }}<li><div class="row"><a class="chip" href="/signals/{{ .code }}/">{{ .code }}</a></div>
<ul class="quotes"><li><q>{{ .evidence.quote }}</q> <span class="where">{{ .evidence.field }}</span></li></ul></li>{{ end }}</ul></section>
<section><h2>Parameters</h2><table><tbody>{{ range $d.parameters }}<tr><th scope="row"><code>{{ .name }}</code>{{ if .required }}<span class="req">required</span>{{ end }}</th><td>{{ .type }}</td>
<td>{{ .description }}{{ range .limits }} {{ . }}{{ end }}</td></tr>{{ end }}</tbody></table></section>
<section><h2>Suggested policy</h2><pre><code>{{ jsonify (dict "indent" "  ") $d.policy }}</code></pre></section>
<section><h2>What could go wrong</h2><ul class="attacks">{{ range $d.attacks }}<li><a href="/attacks/{{ . }}/">{{ . }}</a> {{ $d.server }} {{ $d.description }}</li>{{ end }}</ul></section>
<section><h2>Tools like it elsewhere</h2><ul class="plain">{{ range $d.similar }}<li><a class="code" href="/{{ .path }}">{{ .name }}</a> of {{ .server }} {{ .category }}</li>{{ end }}</ul></section>
<section><h2>Questions</h2><details><summary>What can {{ $d.name }} do?</summary><p>{{ $d.description }}</p></details></section>
<aside><dl class="facts"><dt>Release</dt><dd>{{ $d.provenance.release }}</dd><dt>Seen by</dt><dd>{{ $d.provenance.method }}</dd>
<dt>Taken</dt><dd>{{ $d.provenance.taken_at }}</dd><dt>Digest</dt><dd><code>{{ $d.digest }}</code></dd></dl></aside>
"""
SERVER = """<main id="content">{{ $d := .Params.data }}{{ range .Params.files }}{{ $written := resources.FromString .at .text }}{{ $written.Publish }}{{ end }}
<h1 class="code">{{ $d.listing.name }}</h1><p>{{ $d.listing.description }}</p>
<section class="ticket"><strong>{{ $d.grade.letter }}</strong> {{ $d.grade.points }} of 100
<ol class="why">{{ range $d.grade.parts }}<li>{{ .name }} {{ .points }}: {{ .why }}</li>{{ end }}</ol></section>
<section><h2>Tools</h2><ul class="counts">{{ range $category, $count := $d.counts }}<li>{{ $count }} {{ $category }}</li>{{ end }}</ul><table><tbody>
{{ range $d.tools }}<tr class="{{ .category }}"><th scope="row"><a class="code" href="/{{ .path }}">{{ .name }}</a></th><td>{{ .category }} {{ .severity }} {{ mul 100 .confidence }} %</td>
<td>{{ range .signals }}<a class="chip" href="/signals/{{ . }}/">{{ . }}</a> {{ end }}</td><td>{{ .says }}</td></tr>{{ end }}</tbody></table></section>
<section><h2>Suggested policy</h2><ul>{{ range $preset, $file := $d.policies }}<li><a href="/{{ $d.path }}{{ $file }}" download>{{ $preset }}</a></li>{{ end }}</ul>
{{ range .Params.files }}{{ if strings.HasSuffix .at "recommended.json" }}<pre><code>{{ .text }}</code></pre>{{ end }}{{ end }}
<table><tbody>{{ range $d.exports }}<tr><th scope="row"><a href="/{{ $d.path }}{{ .file }}" download>{{ .format }}</a></th><td><ul>{{ range .losses }}<li>{{ . }}</li>{{ end }}</ul></td></tr>{{ end }}</tbody></table></section>
<section><h2>How it starts</h2><pre><code>{{ jsonify (dict "indent" "  ") $d.started.profile }}</code></pre><ol>{{ range $d.started.rungs }}<li>{{ .step }}: {{ .outcome }}</li>{{ end }}</ol></section>
<section><h2>Changes</h2><ol>{{ range $d.changes }}<li><time>{{ .seen_at }}</time> {{ .kind }} {{ .release }}</li>{{ end }}</ol></section>
<aside><dl class="facts"><dt>Newest release</dt><dd>{{ $d.listing.version }}</dd><dt>Licence</dt><dd>{{ $d.listing.license }}</dd><dt>Author</dt><dd>{{ $d.listing.author }}</dd>
<dt>First seen</dt><dd>{{ $d.first_seen }}</dd><dt>Last seen</dt><dd>{{ $d.last_seen }}</dd></dl></aside>
"""
