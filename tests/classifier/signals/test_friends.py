"""What each probe finds and what only looks like it: a word in another sense is no risk."""

import pytest

from classifier.evidence import Signal
from classifier.sight import look
from classifier.signals import PROBES
from classifier.view import View
from crawler.tools import Tool

#: By signal: tools that show it, then tools that seem to. A tool is its name, its description and its arguments.
Table = dict[str, tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]]
FRIENDS: Table = {
    "spends-credits": (
        [
            ("generate_image", "Generates an image. Each call costs 5 credits.", "prompt"),
            ("enrich_lead", "Consumes one credit per lookup.", "email"),
            ("rate_supplier", "Returns how a supplier is rated. Fee: $0.15", "supplier"),
        ],
        [
            ("credit_score", "Returns the credit score of a company.", "company_id"),
            ("list_credit_notes", "Lists credit notes.", "limit"),
            ("refresh_access_token", "Refreshes the token of a session.", ""),
            ("list_volumes", "Lists volumes. Token savings: ask for few fields.", "fields"),
            ("get_billing_address", "Returns the billing address.", "customer_id"),
        ],
    ),
    "moves-money": (
        [
            ("create_refund", "Refunds a charge.", "charge_id amount"),
            ("transfer_funds", "Transfers money between two accounts.", "source target amount"),
            ("swap_tokens", "Swaps one token for another.", "from_token to_token amount"),
            ("place_order", "Places a market order.", "symbol quantity"),
            ("支付", "支付订单", "order_id"),
            ("set_take_profit", "Sets where a gain is taken.", "position level"),
            ("sweep_wallets", "Empties several into one.", "target"),
            ("keep_back", "Captures an authorization in part.", "id amount"),
        ],
        [
            ("parse_payload", "Parses the payload of a request.", "payload"),
            ("get_charge_level", "Returns the charge level of the battery.", "device_id"),
            ("list_charges", "Lists charges of a customer.", "customer"),
            ("sort_rows", "Sorts rows; pass order by and a column.", "order_by"),
            ("refund_eligibility", "Checks whether a purchase can be refunded.", "order_id"),
            ("build_swap", "Builds an unsigned transaction, which the person signs.", "pair"),
            ("request_payment_approval", "Asks for approval of a draft.", "id"),
            ("get_or_create_deposit_address", "Returns the address of a chain.", "chain"),
            ("note_postcode", "Starts the capture of a field in the payment session.", "session"),
        ],
    ),
    "deletes-data": (
        [
            ("delete_file", "Deletes a file.", "path"),
            ("drop_table", "Drops a table from the database.", "table"),
            ("purge_queue", "Purges all messages of a queue.", "queue"),
            ("删除文件", "删除指定的文件。", "path"),
            ("eliminar_cliente", "Elimina un cliente.", "id"),
        ],
        [
            ("set_drop_shadow", "Sets the drop shadow of a layer.", "layer blur"),
            ("list_deleted_items", "Lists recently deleted items.", "limit"),
            ("remove_label", "Removes a label from an issue.", "issue label"),
            ("restore_file", "Restores a deleted file.", "id"),
            ("get_dropdown", "Returns the values of a drop down.", "field"),
        ],
    ),
    "overwrites-data": (
        [
            ("write_file", "Writes a file and overwrites it if it exists.", "path content"),
            ("force_push", "Force pushes a branch.", "branch"),
        ],
        [
            ("fill_template", "Fills a text; replace the placeholder with your name.", "name"),
            ("drop_index", "Drops an index.", "name force"),
            ("reset_zoom", "Resets the view.", ""),
        ],
    ),
    "bulk-operation": (
        [
            ("bulk_update_contacts", "Updates many contacts at once.", "contacts"),
            ("delete_all_messages", "Deletes all messages of a channel.", "channel"),
        ],
        [
            ("list_all_users", "Lists all users.", ""),
            ("send_message", "Sends a message.", "items"),
            ("multi_step_form", "Shows the form.", ""),
        ],
    ),
    "runs-code": (
        [
            ("execute_python", "Runs Python code and returns its output.", "code"),
            ("evaluate_script", "Evaluates JavaScript in the page.", "script"),
        ],
        [
            ("lookup_city", "Finds a city by its code.", "country_code zip_code"),
            ("search_code", "Searches code in repositories.", "query"),
            ("read_article", "Returns an article.", "source"),
            ("evaluate_model", "Evaluates the quality of a model.", "model_id"),
        ],
    ),
    "runs-shell": (
        [
            ("run_command", "Runs a shell command.", "command"),
            ("bash", "Executes a command in the terminal.", "cmd"),
        ],
        [
            ("list_ssh_keys", "Lists SSH keys.", ""),
            ("list_commands", "Lists the slash commands of a bot.", "command_id"),
        ],
    ),
    "raw-query": (
        [
            ("run_query", "Runs a SQL query against the database.", "sql"),
            ("execute_cypher", "Executes a Cypher statement.", "statement"),
        ],
        [
            ("search", "Searches for products.", "search_query"),
            ("narrate", "Speaks a text. This makes an API call that may incur costs.", "text"),
            ("note_decision", "Notes a decision.", "statement"),
            ("get_pull_request", "Returns a pull request.", "number"),
        ],
    ),
    "drives-interface": (
        [
            ("browser_click", "Clicks an element on the page.", "selector"),
            ("type_text", "Types text into the focused field of the browser.", "text"),
        ],
        [
            ("list_content_types", "Lists content types.", ""),
            ("get_clicks", "Returns click statistics of a link.", "link_id"),
        ],
    ),
    "changes-access": (
        [
            ("grant_role", "Grants a role to a user.", "user role"),
            ("share_document", "Shares a document with a person.", "document email"),
            ("blocklist_add", "Adds a pattern.", "pattern"),
        ],
        [
            ("list_permissions", "Lists permissions of a file.", "file_id"),
            ("update_ad_group", "Changes the bid of an ad group.", "ad_group bid"),
            ("get_market_share", "Returns the market share of a company.", "company"),
        ],
    ),
    "handles-secrets": (
        [
            ("create_api_key", "Creates an API key and returns it.", "name"),
            ("login", "Logs in.", "username password"),
        ],
        [
            ("count_tokens", "Counts the tokens of a text.", "text"),
            ("get_token_price", "Returns the price of a token in USD.", "token_symbol"),
            ("rename_board", "Renames a board.", "board confirmation_token"),
            ("close_trade", "Closes a trade.", "ticket"),
            ("list_rows", "Lists rows of a table.", "app_token table_id"),
            ("show_account", "Shows an account. Secrets are never returned.", "account_id"),
            ("draft_order", "Drafts an order, which you sign in your own wallet.", "symbol"),
            ("set_config", "Sets a configuration. Never put a password into it.", "config"),
        ],
    ),
    "personal-data": (
        [
            ("list_emails", "Lists emails of the mailbox.", "folder"),
            ("get_contact", "Returns a contact with address and phone number.", "contact_id"),
            ("read_messages", "Reads the newest of a channel.", "channel"),
        ],
        [
            ("get_weather", "Returns the weather of a city.", "city"),
            ("forecast", "Returns the forecast for a place.", "latitude longitude"),
            ("get_order", "Returns an order.", "order_id"),
            ("resume_campaign", "Resumes a campaign.", "campaign_id"),
            ("switch_aws_profile", "Switches to another profile.", "name"),
            ("video_transcript", "Returns what is said in a video.", "video_id"),
            ("format_code", "Formats code.", "code"),
        ],
    ),
    "reads-files": (
        [
            ("read_file", "Reads a local file.", "path"),
            ("list_directory", "Lists the files of a directory.", "path"),
        ],
        [
            ("get_drive_file", "Returns a file of Google Drive by its id.", "file_id"),
            ("list_boards", "Lists boards.", "workspace"),
            ("get_route", "Returns a route.", "path_parameter"),
        ],
    ),
    "writes-files": (
        [
            ("write_file", "Writes text to a file.", "path content"),
            ("export_pdf", "Exports the report to a PDF file.", "output_path"),
        ],
        [
            ("upload_to_s3_file", "Puts an object into a bucket.", "bucket key"),
            ("get_time", "Returns the time.", "timezone"),
        ],
    ),
    "fetches-url": (
        [
            ("fetch_url", "Fetches a web page.", "url"),
            ("ping_host", "Pings a host.", "hostname"),
            ("http_head", "Sends a HEAD request to a URL.", "url"),
        ],
        [
            ("fetch_tasks", "Fetches the tasks of a project.", "project_id"),
            ("create_webhook", "Creates a webhook for events.", "webhook events"),
            ("buy_domain", "Registers a domain.", "domain"),
            ("watch_traffic", "Waits until something is asked for.", "url_pattern"),
            ("get_page", "Returns a page of the handbook.", "page_id"),
            ("create_user", "Creates a user.", "avatar_url"),
        ],
    ),
    "sends-message": (
        [
            ("send_email", "Sends an email.", "to subject body"),
            ("post_message", "Posts a message to a channel.", "channel text"),
        ],
        [
            ("get_message", "Returns a message.", "id"),
            ("list_emails", "Lists emails.", "folder"),
        ],
    ),
    "publishes": (
        [
            ("publish_post", "Publishes a post on the blog.", "title body"),
            ("create_release", "Creates a release of a repository.", "tag"),
        ],
        [
            ("get_release_notes", "Returns the release notes.", "version"),
            ("list_posts", "Lists posts.", "limit"),
            ("unpublish_entry", "Takes an entry off the site.", "entry_id"),
        ],
    ),
    "changes-infrastructure": (
        [
            ("create_instance", "Creates a virtual machine.", "name size"),
            ("scale_deployment", "Scales a deployment of the cluster.", "deployment replicas"),
        ],
        [
            ("list_pods", "Lists pods of a namespace.", "namespace"),
            ("get_server_status", "Returns the status of a server.", "id"),
        ],
    ),
    "physical-world": (
        [
            ("turn_on_light", "Turns on a lamp.", "device_id"),
            ("unlock_door", "Unlocks the door.", "lock_id"),
        ],
        [
            ("get_temperature", "Returns the temperature outside.", "city"),
            ("print_hello", "Returns a greeting.", "name"),
        ],
    ),
    "untrusted-content": (
        [
            ("web_search", "Searches the web.", "query"),
            ("get_issue_comments", "Returns the comments of an issue.", "issue"),
            ("搜索新闻", "搜索最新新闻。", "query"),
        ],
        [
            ("create_issue", "Creates an issue.", "title body"),
            ("search_tools", "Finds a tool by its name.", "query"),
        ],
    ),
    "uploads-data": (
        [
            ("upload_file", "Uploads a local file to the service.", "file_path"),
            ("upload_image", "Uploads an image.", "image_path"),
        ],
        [
            ("list_uploads", "Lists uploads.", ""),
            ("import_wallet", "Imports a wallet from its words.", "words"),
            ("get_upload_status", "Returns the status of an upload.", "id"),
        ],
    ),
    "delegates-to-agent": (
        [
            ("run_agent", "Hands the task to an agent that works on it.", "task"),
            ("ask_gpt", "Asks another language model a question.", "prompt"),
        ],
        [
            ("get_user_agent", "Returns the user agent of the request.", ""),
            ("list_agents", "Lists real estate agents.", "city"),
            ("tick_off", "Ticks a to-do off.", "task"),
        ],
    ),
}


def tool(name: str, description: str, arguments: str) -> Tool:
    """A tool whose arguments are strings."""
    properties = {argument: {"type": "string"} for argument in arguments.split()}
    schema = {"type": "object", "properties": properties}
    return Tool.read({"name": name, "description": description, "inputSchema": schema})


def _rows(side: int) -> list[tuple[str, tuple[str, str, str]]]:
    return [(code, row) for code, sides in FRIENDS.items() for row in sides[side]]


def _seen(row: tuple[str, str, str]) -> set[str]:
    return {PROBES[hit.probe].code for hit in look(View(tool(*row))).hits}


def _field(subject: Tool, field: str) -> str:
    """The text at a field; a path ends in the argument's own name."""
    if field.startswith("inputSchema"):
        return field.rpartition(".")[2]
    return str(subject.definition[field])


def test_every_signal_has_friends_and_false_friends() -> None:
    assert list(FRIENDS) == [probe.code for probe in PROBES]
    assert all(true and false for true, false in FRIENDS.values())


@pytest.mark.parametrize(("code", "row"), _rows(0))
def test_a_probe_sees_its_signal(code: str, row: tuple[str, str, str]) -> None:
    assert code in _seen(row)


@pytest.mark.parametrize(("code", "row"), _rows(1))
def test_a_probe_passes_over_what_only_looks_like_it(code: str, row: tuple[str, str, str]) -> None:
    assert code not in _seen(row)


@pytest.mark.parametrize(("code", "row"), _rows(0))
def test_a_quote_stands_where_the_evidence_says(code: str, row: tuple[str, str, str]) -> None:
    subject = tool(*row)
    found: list[Signal] = [one for probe in PROBES for one in probe.find(View(subject))]

    assert code in {one.code for one in found}
    for one in found:
        text = _field(subject, one.evidence.field)
        assert text[one.evidence.start : one.evidence.end] == one.evidence.quote != ""
