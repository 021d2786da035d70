"""Compiles templates as the library does, in fewer steps: what they print is escaped once, and seldom touched."""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from keyword import iskeyword
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.utils import missing


class Given(dict[str, Any]):
    """What a template is given by name; for any other name there is what the library takes for nothing."""

    def __missing__(self, name: str) -> Any:
        return missing


class Names(Context):
    """What the library keeps for a template while it prints, made in fewer steps."""

    def __init__(
        self,
        environment: Environment,
        parent: dict[str, Any],
        name: str | None,
        blocks: dict[str, Callable[[Context], Iterator[str]]],
        globals: MutableMapping[str, Any] | None = None,
    ) -> None:
        self.parent = parent if type(parent) is Given else Given(parent)
        self.vars: dict[str, Any] = {}
        self.environment = environment
        self.eval_ctx = EvalContext(environment, name)
        self.exported_vars: set[str] = set()
        self.name = name
        #: Names that this template has as globals beside those that all have.
        self.globals_keys = set() if globals is None or globals is environment.globals else set(globals)
        self.blocks = {block: [print_] for block, print_ in blocks.items()}


class Printing(Template):
    """A template that is given its names with the globals in one mapping."""

    def new_context(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> Context:
        """What the template is printed with; see the library."""
        if shared or locals:
            return super().new_context(vars, shared, locals)
        given = Given(self.globals)
        given.update(vars or {})
        return Names(self.environment, given, self.name, self.blocks, self.globals)


class Escaping(CodeGenerator):
    """Lets compiled templates call `escaped`, which the environment carries, where they would call the library's escape.

    Where a template prints what `visible` makes, it prints what `shown` makes, which needs no more escaping. An attribute
    is looked up as Python does; a key of a mapping is not taken for one, and wants `[]`.
    """

    _bare: nodes.Expr | None = None
    #: Whether the template shares its names with no other, neither one that it extends nor a block of its own.
    _alone = False

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802  # the name by which the library calls it
        self._alone = next(node.find_all((nodes.Extends, nodes.Include, nodes.Block)), None) is None
        super().visit_Template(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        elif isinstance(node, nodes.Filter) and node.name == "visible":
            self._bare = node
            self.write("(")
        else:
            self.write("escaped(")

    def write_commons(self) -> None:
        super().write_commons()
        if self._alone:
            self.writeline("given = context.parent.__getitem__")
        self.writeline(
            "escaped, shown, truncate = environment.escaped, environment.shown, environment.truncate"
        )

    def enter_frame(self, frame: Frame) -> None:
        """What stands for a name that is not given, and is an error wherever it is used, is made where it is looked up."""
        super().enter_frame(frame)
        for reference, (action, name) in frame.symbols.loads.items():
            if action == VAR_LOAD_RESOLVE:
                self.writeline(f"if {reference} is missing: {reference} = undefined(name={name!r})")

    def get_resolve_func(self) -> str:
        """How a name is looked up; a template that stands alone has it from its caller or not at all."""
        return "given" if self._alone else super().get_resolve_func()

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:  # noqa: N802  # the name by which the library calls it
        reference = frame.symbols.ref(node.name)
        load = frame.symbols.find_load(reference)
        if node.ctx == "load" and load is not None and load[0] == VAR_LOAD_RESOLVE:
            self.write(reference)
        else:
            super().visit_Name(node, frame)

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """A template and a block of it gather what they print and hand it on in one piece, not piece by piece."""
        whole = frame.buffer is None and frame.parent is None
        if whole:
            self.buffer(frame)
        super().blockvisit(nodes, frame)
        if whole:
            self.writeline(f"yield concat({frame.buffer})")

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802  # the name by which the library calls it
        if node is self._bare and node.node is not None:
            self.write("shown(")
            self.visit(node.node, frame)
            self.write(")")
        elif node.name == "truncate" and node.node is not None and isinstance(node.args[0], nodes.Const):
            # Most texts are short enough, which is seen without a call.
            most = node.args[0].value
            self.write("(text if len(text := ")
            self.visit(node.node, frame)
            self.write(f") <= {most} else truncate(text, {most}))")
        else:
            super().visit_Filter(node, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802  # as above
        if isinstance(node.arg, nodes.Slice):
            super().visit_Getitem(node, frame)
            return
        self.visit(node.node, frame)
        self.write("[")
        self.visit(node.arg, frame)
        self.write("]")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802  # as above
        if iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        self.visit(node.node, frame)
        self.write(f".{node.attr}")
