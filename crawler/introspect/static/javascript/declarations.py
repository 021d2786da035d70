"""What the statements of a file declare, import and export, before any of it is evaluated."""

import re

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.calls import Calls
from crawler.introspect.static.javascript.nodes import elements, string_of
from crawler.introspect.static.javascript.parts import parts_with
from crawler.introspect.static.javascript.properties import foreign
from crawler.introspect.static.javascript.sources import Lazy, Module, Scope
from crawler.introspect.static.javascript.tables import json_value
from crawler.introspect.static.javascript.values import MISSING, Function, ImportName, Namespace
from crawler.introspect.static.unknown import UNKNOWN, Unknown, Value

DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})

FUNCTION_DECLARATIONS = frozenset({"function_declaration", "generator_function_declaration"})

_WRAPPED = frozenset({"method_definition", "arrow_function", "function_expression"})

CLASS_DECLARATIONS = frozenset({"class_declaration", "abstract_class_declaration"})


class Declarations(Calls):
    """Binds names, lazily."""

    def hoist(self, statements: list[SgNode], scope: Scope) -> None:
        """Bind what these statements declare, without evaluating it."""
        for statement in statements:
            node: SgNode | None = statement
            if statement.kind() == "export_statement":
                node = self._exported(statement, scope)
            elif statement.kind() == "import_statement":
                self._import(statement, scope)
            if node is not None:
                self._hoist_declaration(node, scope)

    def _hoist_declaration(self, node: SgNode, scope: Scope) -> None:
        kind = node.kind()
        if kind in FUNCTION_DECLARATIONS or kind in CLASS_DECLARATIONS or kind == "enum_declaration":
            name = node.field("name")
            if name is not None:
                scope.names[name.text()] = Lazy(node, scope)
                if scope.parent is None and len(scope.module.parts) > 1:
                    scope.module.declared[name.text()] = node
        elif kind in DECLARATIONS and scope.parent is None:
            for declarator in elements(node):
                if declarator.kind() == "variable_declarator":
                    self._hoist_variable(declarator, scope)

    def _hoist_variable(self, declarator: SgNode, scope: Scope) -> None:
        target = declarator.field("name")
        if target is None:
            return
        empty = declarator.field("value") is None
        for name in pattern_names(target):
            if not (empty and name in scope.names):
                scope.names[name] = MISSING if empty else Lazy(declarator, scope)
                if len(scope.module.parts) > 1:
                    scope.module.declared[name] = declarator

    def _exported(self, node: SgNode, scope: Scope) -> SgNode | None:
        """Note what an `export` statement exports; the declaration in it, if any."""
        module = scope.module
        source = node.field("source")
        origin = string_of(source) if source is not None else None
        target = self.package.find(origin, module) if origin is not None else None
        declaration = node.field("declaration")
        for child in node.children():
            match child.kind():
                case "export_clause":
                    self._export_clause(child, target, origin, scope)
                case "namespace_export" if origin is not None:
                    whole = Namespace(target) if target else foreign(origin, "")
                    module.exports[child.children()[-1].text()] = whole
                case "*" if origin is not None and not node.text().startswith("export type"):
                    module.starred.append(target or foreign(origin, ""))
                case "default":
                    module.exports["default"] = self._default(node, declaration, scope)
        if declaration is not None:
            for name in _declared_names(declaration):
                module.exports.setdefault(name, name)
        return declaration

    def _default(self, node: SgNode, declaration: SgNode | None, scope: Scope) -> Value:
        if declaration is not None:
            name = declaration.field("name")
            return name.text() if name is not None else Lazy(declaration, scope)
        value = node.field("value")
        return Lazy(value, scope) if value is not None else UNKNOWN

    def _export_clause(self, clause: SgNode, target: Module | None, origin: str | None, scope: Scope) -> None:
        for child in elements(clause):
            name, alias = child.field("name"), child.field("alias")
            if name is None:
                continue
            local = name.text()
            value: Value = (
                ImportName(target, local) if target else foreign(origin, local) if origin else local
            )
            scope.module.exports[alias.text() if alias is not None else local] = value

    def _import(self, node: SgNode, scope: Scope) -> None:
        source = node.field("source")
        clause = next((child for child in node.children() if child.kind().startswith("import_")), None)
        if clause is None:
            if (
                source is not None
                and (module := self.package.find(string_of(source), scope.module)) is not None
            ):
                self.run_module(module)  # imported for what it does
            return
        if source is None:
            source = clause.field("source")
        if source is None:
            return
        specifier = string_of(source)
        target = self.package.find(specifier, scope.module)
        for child in elements(clause):
            self._import_names(child, specifier, target, scope)

    def _import_names(self, node: SgNode, specifier: str, target: Module | None, scope: Scope) -> None:
        match node.kind():
            case "identifier":
                table = self.package.data(specifier, scope.module) if specifier.endswith(".json") else None
                imported: Value = ImportName(target, "default") if target else foreign(specifier, "default")
                imported = imported if table is None else json_value(table)
                scope.names[node.text()] = imported
            case "namespace_import":
                name = node.children()[-1].text()
                scope.names[name] = Namespace(target) if target else foreign(specifier, "")
            case "named_imports":
                for child in elements(node):
                    name_node, alias = child.field("name"), child.field("alias")
                    if name_node is None:
                        continue
                    name = name_node.text()
                    bound = ImportName(target, name) if target else foreign(specifier, name)
                    scope.names[alias.text() if alias is not None else name] = bound

    def declare(self, lazy: Lazy, name: str) -> Value:
        """The value of a declaration."""
        node, scope = lazy.node, lazy.scope
        kind = node.kind()
        if kind in FUNCTION_DECLARATIONS:
            return self.function(node, scope, name)
        if kind in CLASS_DECLARATIONS:
            return self.make_class(node, scope, name)
        if kind == "enum_declaration":
            return self._enumeration(node, scope)
        if kind in {"variable_declarator", "field_definition", "public_field_definition"}:
            target = node.field("name")
            if target is not None and target.kind().endswith("_pattern"):
                self.bind(target, self.evaluate(node.field("value"), scope), scope)
                return scope.names.get(name, UNKNOWN)
            return self._property(node.field("value"), name, scope)
        return self._property(node, name, scope)

    def _enumeration(self, node: SgNode, scope: Scope) -> Value:
        found: dict[str, Value] = {}
        body = node.field("body")
        for number, child in enumerate(elements(body) if body is not None else ()):
            value = child.field("value")
            key = self.key(child.field("name") if value is not None else child, scope)
            if isinstance(key, str):
                found[key] = self.evaluate(value, scope) if value is not None else number
        return found

    def assigned_later(self, module: Module, name: str) -> Value:
        """Run the module's start-up functions that assign to a name, as esbuild writes them."""
        whole = len(module.parts) < 2
        for part in () if whole else [*parts_with(module, f"{name} = "), *parts_with(module, f"{name}=")][:3]:
            top = self.top(module, part)
            statements = self.package.parse(module, part)
            self.open(module, part)
            for starter in _starters(statements, name):
                if hash(starter) not in part.started:
                    part.started.add(hash(starter))
                    self._start(self.function(starter, top, ""))
            value = module.names.get(name)
            if value is not None and value is not MISSING and not isinstance(value, Unknown):
                return value
        return None

    def _start(self, starter: Function) -> None:
        """Call a start-up function, however long it is and wherever it is wanted."""
        helpers, wanted = self._helpers, self._wanted
        self._helpers, self._wanted = 0, self._calls + 1
        try:
            self.call_function(starter, [])
        finally:
            self._helpers, self._wanted = helpers, wanted


def _starters(statements: list[SgNode], name: str) -> list[SgNode]:
    """The functions of `var start = wrap({"file"() { ... }})` that assign to a name."""
    found: list[SgNode] = []
    for statement in statements:
        for declarator in elements(statement) if statement.kind() in DECLARATIONS else ():
            value = declarator.field("value")
            given = (
                value.field("arguments") if value is not None and value.kind() == "call_expression" else None
            )
            for wrapped in elements(given) if given is not None else ():
                inner = elements(wrapped) if wrapped.kind() == "object" else [wrapped]
                found.extend(one for one in inner if one.kind() in _WRAPPED and _assigns(one, name))
    return found


def _assigns(node: SgNode, name: str) -> bool:
    return re.search(rf"(?<![\w$.]){re.escape(name)} ?=(?!=)", node.text()) is not None


def pattern_names(node: SgNode) -> list[str]:
    """The names that a pattern binds."""
    if node.kind() in {"identifier", "shorthand_property_identifier_pattern"}:
        return [node.text()]
    inner = [*node.find_all(kind="identifier"), *node.find_all(kind="shorthand_property_identifier_pattern")]
    return [found.text() for found in inner]


def _declared_names(node: SgNode) -> list[str]:
    """The names that a declaration declares."""
    name = node.field("name")
    if name is not None:
        return [name.text()]
    targets = [child.field("name") for child in elements(node) if child.kind() == "variable_declarator"]
    return [name for target in targets if target is not None for name in pattern_names(target)]
