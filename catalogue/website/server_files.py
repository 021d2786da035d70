"""Prints the files of one server: its page, the pages of its tools, their JSON twins, policies, feed and badge."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import structs

from catalogue.entries import Entry
from catalogue.judged import Judged, judged, only_widest
from catalogue.policies.policy_files import PolicyFiles, recommended, tool_policy
from catalogue.website import badge, cards, fingerprints, legend, linked, server_words
from catalogue.website.addresses import server_path
from catalogue.website.attacks import by_slug, fitting, unspecific
from catalogue.website.feeds import server_feed
from catalogue.website.folding import folded
from catalogue.website.install import policy_name, snippets
from catalogue.website.moments import moments
from catalogue.website.pages import Link, Row, ServerPage, SignalRow, Surroundings, ToolPage
from catalogue.website.paging import Pages, numbered, paged, weight
from catalogue.website.policy_words import explained, in_short
from catalogue.website.press import File, Late, Press, encoded
from catalogue.website.questions import questions
from catalogue.website.server_page import rows, server_page
from catalogue.website.tool_page import LONGEST_NAME, tool_page, with_marks
from classifier.evidence import Finding
from crawler.servers import Server
from crawler.snapshots import Rung, Snapshot

#: Tools of the same kind elsewhere, by the path of a tool's page.
Similar = Mapping[str, tuple[Link, ...]]
#: Tools whose pages are made together.
TOGETHER = 100
#: Rows of a server's list of tools on one page, and bytes that they take on its own, which has much else to say.
ROWS, ROOM = 75, 28_000
#: Changes that a server's page tells.
MOST_CHANGES = 12
#: Bytes that the chip of a signal takes in such a row.
CHIP = 60
#: A longer policy is cut on the server's page, left out of a tool's, and whole in its file.
LONGEST_POLICY = 10_000
#: Characters of a policy on the page of a server whose tools do not fit on one.
SHORTENED_POLICY = 4_000

_exact = msgspec.json.Encoder(decimal_format="number").encode


def server_files(
    press: Press,
    entry: Entry,
    policies: PolicyFiles | None,
    similar: Similar,
    *,
    own: bool = True,
    graded: bytes | None = None,
) -> Iterator[File]:
    """Every file of the server, its own page first; without its *own* files those of its tools, which alone tell of neighbours.

    *policies* are wanted for its own files, and `None` where no tool of it is known; *graded* is its grade as the survey
    packed it, for a caller who has that at hand.
    """
    path = server_path(entry.server.name)
    tools = judged(entry.snapshot, entry.verdicts)
    wider = only_widest(entry, tools)
    if own:
        page = server_page(entry, tools, path, press.schema("server"), policies, wider, graded)
        yield from _own_files(press, page, entry.server, policies)
        listed, document = page.tools, policies.document if policies else None
    else:
        listed, document = rows((*tools, *wider), path), recommended(entry)
    says = {row.path: row.says for row in listed}

    def told(snapshot: Snapshot, one: Judged) -> ToolPage:
        around = Surroundings(
            server_path=path,
            schema=press.schema("tool"),
            policy=tool_policy(document, one.tool.name) if document else None,
            attacks=tuple(attack.slug for attack in fitting(one.verdict)),
            similar=similar.get(f"{path}t/{one.slug}/", ()),
        )
        return tool_page(entry, snapshot, one, around)

    for snapshot, group in ((entry.snapshot, tools), (entry.widest, wider)):
        if snapshot is not None:
            for start in range(0, len(group), TOGETHER):
                pages = [told(snapshot, one) for one in group[start : start + TOGETHER]]
                yield from _tool_files(press, pages, says)


def _tool_files(press: Press, pages: Sequence[ToolPage], says: Mapping[str, str]) -> Iterator[File]:
    for page, twin in zip(pages, list(map(encoded, pages)), strict=True):
        digest = fingerprints.of_bytes(twin)
        # The page says nothing that its twin does not hold.
        html = partial(_tool_html, press, page, says[page.path])
        yield page.path + "index.html", Late(press.stamp(digest), html)
        yield page.path + "index.json", Late(digest, partial(bytes, twin))


def _tool_html(press: Press, page: ToolPage, says: str) -> bytes:
    policy = _policy_block(page)
    asked = questions(page, [says for _, says in policy["lines"]])
    fits = [by_slug()[slug] for slug in page.attacks]
    name = page.name if len(page.name) <= LONGEST_NAME else page.name[: LONGEST_NAME - 1] + "…"
    html = press.text(
        "tool.html",
        page=page,
        path=page.path,
        twin=page.path + "index.json",
        title=f"{name} of {page.server}: {'tampered with?' if page.poisoned else page.category}",
        summary=_tool_summary(page, name, says, policy["short"]),
        marked=with_marks(page),
        verdict=legend.verdict(page.category, page.confidence),
        unsure=page.confidence < legend.SURE,
        whole=page.description == says and not page.poisoned,
        handling=policy["short"],
        signals=signal_rows(page),
        says=says,
        suspicions=suspicion_rows(page.findings),
        hints=hints(page),
        policy=policy,
        attack_list=press.part("tool_attacks.html", page.attacks, attacks=fits, any=unspecific(page.attacks)),
        questions=asked,
        method=legend.METHODS[page.provenance.method],
        changed=legend.CHANGES,
        wrong=press.wrong(f"{page.name} of {page.server}", page.path),
        linked=linked.tool(press.addresses, page),
        picture=cards.of_tool(page),
    )
    return _fitting(press, html, page.path)


def _tool_summary(page: ToolPage, name: str, says: str, handling: str) -> str:
    """The page in a few words, for previews and search engines."""
    words = legend.verdict(page.category, page.confidence)
    verdict = "Its definition looks tampered with" if page.poisoned else words
    quoted = f" “{says}”{'' if says.endswith(('.', '!', '?', '…')) else '.'}" if says else ""
    suggested = f" Suggested: {handling}" if handling else ""
    return (
        f"{verdict}: {name} of {page.server} is {page.category}, severity {page.severity}.{quoted}{suggested}"
    )


def _fitting(press: Press, html: str, path: str) -> bytes:
    return folded(html.encode(), press.addresses.link(path + "index.json"))


def _own_files(
    press: Press, page: ServerPage, server: Server, policies: PolicyFiles | None
) -> Iterator[File]:
    shared = {
        "page": page,
        "twin": page.path + "index.json",
        "counts": [(name, page.counts[name]) for name in reversed(page.counts)],
        "ecosystem": legend.ECOSYSTEMS[page.listing.name.partition(":")[0]],
    }
    for pages, place in paged(page.path + "tools/", map(_weight, page.tools), ROWS, ROOM):
        rows = page.tools[place]
        if pages.number == 1:
            longest = LONGEST_POLICY if pages.count == 1 else SHORTENED_POLICY
            words = _words(press, page, server, policies, longest)
            html = press.text("server.html", **shared, **words, rows=rows, pages=_from(page, pages))
            yield page.path + "index.html", _fitting(press, html, page.path)
            continue
        folder = numbered(page.path + "tools/", pages.number)
        title = f"Tools of {page.listing.name}, page {pages.number}"
        html = press.text(
            "server_tools.html",
            **shared,
            rows=rows,
            path=folder,
            pages=_from(page, pages),
            title=title,
            summary=f"{title} of {pages.count}.",
        )
        yield folder + "index.html", html.encode()
    yield page.path + "index.json", encoded(page)
    yield server_feed(press, page)
    yield page.path + "badge.svg", press.render("badge.svg", **_badge(page))
    for name, content in policies.contents.items() if policies else ():
        yield page.path + name, content


def _words(
    press: Press, page: ServerPage, server: Server, policies: PolicyFiles | None, longest: int
) -> dict[str, Any]:
    needs = server_words.needs(page, server)
    profile = page.started.profile if page.started else None
    release = page.provenance.release if page.provenance else None
    return {
        "path": page.path,
        "title": server_words.title(page),
        "summary": server_words.summary(page),
        "answer": server_words.answer(page),
        "signals": server_words.signals(page),
        "advice": server_words.advice(page) if page.policies else "",
        "method": legend.METHODS[page.provenance.method] if page.provenance else "",
        "silence": server_words.silence(page),
        "tampered": [row for row in page.tools if row.poisoned],
        "misled": server_words.misled(page),
        "most": legend.GRADE_PARTS,
        "gone": server_words.gone(page),
        "starts": server_words.starts(page),
        "earned": server_words.earned(page.grade) if page.grade else "",
        "did": legend.OBSERVED,
        "attempts": server_words.attempts(_rungs(page)),
        "most_changes": MOST_CHANGES,
        "history": moments(page.changes[:MOST_CHANGES]),
        "changed": legend.CHANGES,
        "facts": server_words.facts(page),
        "needs": needs,
        "to_fill": any(variable.required for variable in needs),
        "policy": policies.text[:longest] if policies else "",
        "policy_cut": policies is not None and len(policies.text) > longest,
        "policy_name": policy_name(server),
        "presets": legend.PRESETS,
        "identity": server_words.identity(page),
        "badge": _badge(page),
        "badge_text": f"[![What its tools can do]({press.addresses.whole(page.path)}badge.svg)]({press.addresses.whole(page.path)})",
        "suspicions": told_once(page.started.findings) if page.started else [],
        "snippets": snippets(server, profile, release, needs)
        if policies and not server_words.gone(page)
        else (),
        "wrong": press.wrong(page.listing.name, page.path),
        "linked": linked.server(press.addresses, page),
        "picture": cards.of_server(page),
    }


def _badge(page: ServerPage) -> dict[str, Any]:
    return badge.words(page.counts, suspected=page.grade is not None and page.grade.suspected)


def _rungs(page: ServerPage) -> Sequence[Rung]:
    """What was tried, newest of all: where that failed, the attempts that failed."""
    return page.silence.rungs if page.silence else page.started.rungs if page.started else ()


def _weight(row: Row) -> int:
    return weight(row.name[:90], row.path, row.says) + CHIP * len(row.signals)


def _from(page: ServerPage, pages: Pages) -> Pages:
    """The first page of a server's tools is the server's own page."""
    near = tuple((number, page.path if number == 1 else folder) for number, folder in pages.near)
    return structs.replace(pages, before=page.path if pages.number == 2 else pages.before, near=near)


def _policy_block(page: ToolPage) -> dict[str, Any]:
    if page.policy is None:
        lead = "No rule can name this tool, so under a policy that denies by default it cannot be called."
        return {"lead": lead, "text": "", "lines": [], "short": ""}
    hide = (
        [("hide", "Left out of the list of tools, and refused when called by name.")]
        if "hide" in page.policy
        else []
    )
    rules = page.policy["tools"][page.name]
    text = msgspec.json.format(_exact(page.policy), indent=2).decode()
    if len(text) > LONGEST_POLICY:
        lead = "Its rules are too long for this page; the server's policy file has them."
        return {"lead": lead, "text": "", "lines": [], "short": ""}
    return {
        "lead": "Everything that the policy does not name is denied. For this tool it says:",
        "text": text,
        "lines": [*hide, *explained(rules)],
        "short": in_short(rules),
    }


def signal_rows(page: ToolPage) -> list[SignalRow]:
    """The signals of a tool, one row a code, strongest first."""
    rows: dict[str, SignalRow] = {}
    labels, meanings = legend.labels(), legend.meanings()
    for signal in sorted(page.signals, key=lambda signal: -signal.weight):
        fresh = SignalRow(
            code=signal.code,
            label=labels.get(signal.code, signal.code),
            meaning=meanings.get(signal.code, ""),
            evidence=[],
        )
        rows.setdefault(signal.code, fresh).evidence.append(signal.evidence)
    return list(rows.values())


def suspicion_rows(findings: Sequence[Finding]) -> list[list[Finding]]:
    """The findings of a tool, one row for each thing that is said of them, the overt ones first."""
    rows: dict[tuple[str, str], list[Finding]] = {}
    for one in told_once(findings):
        rows.setdefault((one.code, one.message), []).append(one)
    return list(rows.values())


def told_once(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for each trick and quote, the overt ones first."""
    told: dict[tuple[str, ...], Finding] = {}
    for one in sorted(findings, key=lambda finding: finding.strength == "soft"):
        told.setdefault((one.code, one.evidence.field, one.evidence.quote), one)
    return list(told.values())


def hints(page: ToolPage) -> list[str]:
    """What the author declares of the tool, in words."""
    words = {
        "read_only": ("it only reads", "it changes things"),
        "destructive": ("it may destroy", "it does not destroy"),
        "idempotent": ("calling it twice is like calling it once", "calling it twice does it twice"),
        "open_world": ("it reaches the outside world", "it stays within its own world"),
    }
    values = ((getattr(page.annotations, name), pair) for name, pair in words.items())
    return [pair[0] if value else pair[1] for value, pair in values if value is not None]
