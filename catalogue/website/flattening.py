"""Makes one template of several: what a template extends and includes is put into it, so that one function prints a whole page."""

from collections.abc import Callable

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

#: Gives the parsed template of a name, a new one each time.
Read = Callable[[str], nodes.Template]


def flattened(template: nodes.Template, read: Read) -> nodes.Template:
    """*template* without blocks and includes, which prints the same; the other templates are named by constants."""
    whole: nodes.Template = _Flattening(read).visit(_extended(template, read))
    return whole


def _extended(template: nodes.Template, read: Read) -> nodes.Template:
    """What the template extends, with its blocks in place of those of the same name."""
    parent = next((node for node in template.body if isinstance(node, nodes.Extends)), None)
    if parent is None:
        return template
    whole = _extended(read(_constant(parent.template)), read)
    own = {block.name: block.body for block in template.find_all(nodes.Block)}
    for block in list(whole.find_all(nodes.Block)):
        block.body = own.get(block.name, block.body)
    # What stands outside of blocks prints nothing, but sets names that the blocks use.
    silent = (nodes.Extends, nodes.Block, nodes.Output)
    whole.body = [*(node for node in template.body if not isinstance(node, silent)), *whole.body]
    return whole


class _Flattening(NodeTransformer):
    def __init__(self, read: Read) -> None:
        self._read = read

    def visit_Block(self, node: nodes.Block) -> nodes.Node:  # noqa: N802  # the name by which the library calls it
        return self.generic_visit(nodes.Scope(node.body))

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802  # as above
        return nodes.Scope(flattened(self._read(_constant(node.template)), self._read).body)


def _constant(name: nodes.Expr) -> str:
    return str(name.as_const())
