"""A template that was made one with those that it extends and includes prints what they print together."""

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined

from catalogue.website.flattening import flattened

TEMPLATES = {
    "layout": "{% set name = title|upper %}<{{ name }}>{% block head %}{% endblock %}|{% block content %}nothing{% endblock %}</{{ path }}>",
    "plain": "{% extends 'layout' %}{% import 'parts' as parts %} dropped {% block content %}[{% block heading %}{{ title }}{% endblock %}: "
    "{% block text %}{% endblock %}]{% endblock %}",
    "parts": "{% macro icon(name) %}({{ name }}){% endmacro %}",
    "row": "{{ loop_row }}{{ parts.icon(loop_row) }}{% if longest %} up to {{ longest }}{% endif %};",
    "list": "{% for loop_row in rows %}{% with longest = 3 %}{% include 'row' %}{% endwith %}{% endfor %}",
}


@pytest.mark.parametrize(
    "source",
    [
        "{{ title }}",
        "{% extends 'layout' %}",
        "{% extends 'layout' %}{% block head %}{{ name }} {{ path }}{% endblock %}",
        "{% extends 'layout' %}{% set path = 'mine' %}{% block content %}{{ path }}{% endblock %}",
        "{% extends 'plain' %}",
        "{% extends 'plain' %}{% block heading %}{{ parts.icon(title) }}{% endblock %}{% block head %}h{% endblock %}",
        "{% extends 'plain' %}{% block text %}{% include 'list' %}{% include 'list' %}{% endblock %}",
        "{% extends 'plain' %}{% block content %}{% block text %}{% endblock %}{% block more %}more{% endblock %}{% endblock %}",
        "{% import 'parts' as parts %}{% for loop_row in rows %}{% set longest = loop.index %}{% include 'row' %}{% endfor %}",
    ],
)
def test_a_flattened_template_prints_the_same(source: str) -> None:
    templates = {**TEMPLATES, "leaf": source}
    given = {"title": "a&b", "path": "p", "rows": ["x", "y"], "longest": 0}
    library = Environment(loader=DictLoader(templates), autoescape=True, undefined=StrictUndefined)
    tree = flattened(library.parse(source), lambda name: library.parse(templates[name]))

    assert library.from_string(tree).render(given) == library.get_template("leaf").render(given)
    assert "yield from" not in library.compile(tree, raw=True)
