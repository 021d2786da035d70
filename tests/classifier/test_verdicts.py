"""What the shipped classifier says of made-up tools: what must hold whatever the weights are, and what must stay right."""

import pickle
from typing import Any

import pytest
from msgspec import structs

from classifier.categories import Category
from classifier.evidence import Evidence, Signal
from classifier.model import shipped
from classifier.verdicts import VERSION, Verdict, classify, classify_all
from crawler.tools import Tool

READ, WRITE, EXECUTE, DESTRUCTIVE, FINANCIAL = Category


def tool(name: str, description: str = "", *arguments: str, **more: Any) -> Tool:
    """A tool with text arguments; *more* are further keys of its definition."""
    properties = {argument: {"type": "string"} for argument in arguments}
    return Tool.read(
        {
            "name": name,
            "description": description,
            "inputSchema": {"type": "object", "properties": properties},
            **more,
        }
    )


PLAIN = [
    (tool("list_invoices", "List all invoices of a customer.", "customer_id"), READ),
    (tool("get_balance", "Get the balance of an account.", "account_id"), READ),
    (tool("calculate_sum", "Calculate the sum of two numbers.", "a", "b"), READ),
    (tool("search_web", "Search the web and return the results.", "query"), READ),
    (tool("create_issue", "Create an issue in a repository.", "title", "body"), WRITE),
    (tool("update_contact", "Update the details of a contact.", "contact_id", "email"), WRITE),
    (tool("send_email", "Send an email to a recipient.", "to", "subject", "body"), WRITE),
    (tool("remove_label", "Remove a label from an issue.", "issue", "label"), WRITE),
    (tool("run_command", "Run a shell command and return its output.", "command"), EXECUTE),
    (tool("execute_sql", "Execute a SQL query against the database.", "sql"), EXECUTE),
    (tool("browser_click", "Click an element on the page.", "selector"), EXECUTE),
    (tool("deploy_app", "Deploy an app to production.", "app"), EXECUTE),
    (tool("delete_file", "Delete a file.", "path"), DESTRUCTIVE),
    (tool("r2_bucket_delete", "Deletes a bucket.", "bucket"), DESTRUCTIVE),
    (tool("drop_table", "Drop a table and all of its rows.", "table"), DESTRUCTIVE),
    (tool("revoke_api_key", "Revoke an API key.", "key_id"), DESTRUCTIVE),
    (tool("create_refund", "Refund a payment to the customer.", "charge_id", "amount"), FINANCIAL),
    (tool("transfer_tokens", "Transfer tokens to another wallet.", "to", "amount"), FINANCIAL),
    (tool("place_order", "Place a market order to buy a stock.", "symbol", "quantity"), FINANCIAL),
]


@pytest.mark.parametrize(("one", "category"), PLAIN, ids=[one.name for one, _ in PLAIN])
def test_plain_tools_are_what_they_say(one: Tool, category: Category) -> None:
    """Nothing here is subtle."""
    assert classify(one).category is category


#: The same four tools in eight languages: read, write, run or destroy.
ABROAD = [
    ("zh", "get_user", "获取用户信息", READ),
    ("zh", "file_remove", "删除指定的文件", DESTRUCTIVE),
    ("zh", "issue", "创建一个新的任务", WRITE),
    ("ja", "user", "ユーザー一覧を取得します", READ),
    ("ja", "file_delete", "ファイルを削除します", DESTRUCTIVE),
    ("ko", "user", "사용자 목록을 조회합니다", READ),
    ("ko", "file_delete", "파일을 삭제합니다", DESTRUCTIVE),
    ("es", "archivo", "Elimina un archivo de forma permanente", DESTRUCTIVE),
    ("es", "usuarios", "Lista los usuarios de la cuenta", READ),
    ("es", "crear_tarea", "Crea una tarea nueva en el proyecto", WRITE),
    ("pt", "excluir_arquivo", "Exclui um arquivo do sistema", DESTRUCTIVE),
    ("pt", "listar_usuarios", "Retorna a lista de usuários", READ),
    ("tr", "gorev_sil", "Bir görevi kalıcı olarak siler", DESTRUCTIVE),  # noqa: RUF001
    ("tr", "gorev_listele", "Tüm görevleri listeler", READ),
    ("de", "datei_loeschen", "Löscht eine Datei dauerhaft", DESTRUCTIVE),
    ("de", "benutzer", "Zeigt alle Benutzer des Kontos", READ),
    ("fr", "supprimer_fichier", "Supprime un fichier", DESTRUCTIVE),
    ("fr", "utilisateurs", "Affiche la liste des utilisateurs", READ),
]


@pytest.mark.parametrize(("language", "name", "description", "category"), ABROAD)
def test_other_languages_are_judged(language: str, name: str, description: str, category: Category) -> None:
    """By name and by translated cues."""
    del language
    assert classify(tool(name, description)).category is category


#: What is said of when to call a tool, and the same tool without.
WHEN = [
    ("Start here: ", "the sheets of a workbook."),
    ("CALL THIS FIRST. ", "Get the settings of the project."),
    ("**You must run this tool first**: ", "Lists the tables of the database."),
    ("Always call this before anything else - ", "deletes what is left in the queue."),
    ("Use it once!\n", "Restarts the machine."),
]


@pytest.mark.parametrize(("when", "what"), WHEN)
def test_when_to_call_a_tool_is_not_what_it_does(when: str, what: str) -> None:
    """“Start here” starts nothing, and what follows counts as before."""
    assert classify(tool("workspace", when + what)).category is classify(tool("workspace", what)).category


HINTS = [
    {},
    {"readOnlyHint": True},
    {"destructiveHint": False},
    {"readOnlyHint": True, "destructiveHint": False},
]


@pytest.mark.parametrize("hints", HINTS)
@pytest.mark.parametrize(("one", "category"), PLAIN, ids=[one.name for one, _ in PLAIN])
def test_reassuring_annotations_lower_nothing(one: Tool, category: Category, hints: dict[str, bool]) -> None:
    """Whatever the author claims."""
    assert classify(Tool.read({**one.definition, "annotations": hints})).category is category


DECLARED = {"readOnlyHint": False, "destructiveHint": True}
RAISED = [
    (tool("set_flags", "Set or remove flags of a message.", annotations=DECLARED), DESTRUCTIVE),
    (tool("edit_sheet", "Edit a sheet: add, move or delete rows.", annotations=DECLARED), DESTRUCTIVE),
    (tool("update_contact", "Update the details of a contact.", annotations=DECLARED), WRITE),
    (tool("create_issue", "Create an issue.", annotations=DECLARED), WRITE),
    (tool("run_command", "Run a shell command, for example to delete files.", annotations=DECLARED), EXECUTE),
    (tool("browser_click", "Click an element on the page.", annotations=DECLARED), EXECUTE),
]


@pytest.mark.parametrize(("one", "category"), RAISED, ids=[one.name for one, _ in RAISED])
def test_a_destructive_hint_raises_what_speaks_of_removing(one: Tool, category: Category) -> None:
    """And nothing else: many frameworks set it for all that writes."""
    assert classify(one).category is category


@pytest.mark.parametrize(("one", "category"), PLAIN, ids=[one.name for one, _ in PLAIN])
def test_alarming_annotations_lower_nothing(one: Tool, category: Category) -> None:
    """A category with them is never below the one without."""
    assert (
        classify(Tool.read({**one.definition, "annotations": DECLARED})).category.gravity >= category.gravity
    )


def choosing(*members: str) -> Tool:
    """A tool whose argument chooses among actions."""
    schema = {"type": "object", "properties": {"action": {"type": "string", "enum": list(members)}}}
    return Tool.read({"name": "repository", "description": "Manage repositories.", "inputSchema": schema})


def test_the_gravest_of_several_actions_counts() -> None:
    """And the reason says which it was."""
    verdict = classify(choosing("list", "create", "delete"))

    assert (verdict.category, verdict.confidence) == (DESTRUCTIVE, pytest.approx(0.9, abs=0.11))
    assert any("delet" in reason or "destructive" in reason for reason in verdict.why)


def test_a_definition_that_says_nothing_is_taken_for_the_cautious_choice() -> None:
    """And is not sure of it."""
    verdict = classify(tool("x1"))

    assert (verdict.category, verdict.confidence) == (EXECUTE, 0.5)
    assert verdict.why == ("Execute and not read: nothing in the definition says what it does.",)


def test_reasons_are_sentences_about_what_stands_there() -> None:
    """The first tells the category from its runner-up; none cites a word that means nothing."""
    for one, category in PLAIN:
        why = classify(one).why
        assert why[0].startswith(f"{category.value.capitalize()} and not "), one.name
        assert all(reason.endswith(".") and "“a”" not in reason and "“the”" not in reason for reason in why)


def test_every_signal_quotes_the_definition() -> None:
    """Field, quote and offsets fit each other."""
    for one, _ in PLAIN:
        texts = {"name": one.name, "description": one.description or ""}
        for signal in classify(one).signals:
            evidence = signal.evidence
            text = texts.get(evidence.field, evidence.field.rpartition(".")[2])
            assert text[evidence.start : evidence.end] == evidence.quote, (one.name, signal)


def test_identical_definitions_are_judged_once() -> None:
    """The second verdict is the first one; the server's name has no part in it."""
    one, two = classify_all([tool("delete_file", "Delete a file."), tool("delete_file", "Delete a file.")])

    assert one is two


@pytest.mark.parametrize(
    "description", ["Deletes a file for good.", "Deletes \ud800 for good.\U000e0041\U000e0042\U000e0043"]
)
def test_a_verdict_travels_to_another_process_as_it_is(description: str) -> None:
    verdict = classify(tool("delete_file", description, "path"))
    evidence = Evidence(field="description", quote=description, start=0, end=len(description))
    seen = structs.replace(
        verdict, signals=(*verdict.signals, Signal(code="deletes-data", evidence=evidence))
    )

    assert pickle.loads(pickle.dumps(seen)) == seen


def test_verdicts_name_rules_and_weights() -> None:
    """So that other weights judge anew."""
    verdict: Verdict = classify(PLAIN[0][0])

    assert verdict.version == VERSION == f"{VERSION.partition('+')[0]}+{shipped().version}"


HOSTILE = [
    {"name": "\ud800", "description": "\ud800 delete"},
    {"name": "a" * 100_000, "description": "delete " * 100_000},
    {"name": "x", "inputSchema": {"properties": {"p": {"enum": list(range(10_000)), "type": [1, None]}}}},
    {"name": "x", "inputSchema": {"properties": [1, 2], "anyOf": "no"}},
]


@pytest.mark.parametrize("definition", HOSTILE, ids=["surrogates", "long", "odd enum", "odd schema"])
def test_hostile_definitions_are_judged(definition: dict[str, Any]) -> None:
    """Without an error."""
    assert classify(Tool.read(definition)).version == VERSION
