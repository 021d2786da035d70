"""What templates print is escaped just as the library escapes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from catalogue.website.addresses import Addresses
from catalogue.website.templates import environment
from catalogue.website.visible import escaped
from classifier.categories import Category


@given(st.text(alphabet="ab &<>\"'\u200b") | st.integers() | st.none() | st.sampled_from(Category))
def test_every_value_is_escaped_as_by_the_library(value: object) -> None:
    assert str(escaped(value)) == str(escape(value))


def test_what_is_escaped_stays_as_it_is() -> None:
    assert escaped(Markup("<b>&amp;</b>")) == "<b>&amp;</b>"


def test_a_name_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        escaped(StrictUndefined(name="x"))


@pytest.mark.parametrize(
    "source",
    [
        "{{ x }}",
        "{% macro m(y) %}{{ y }}{% endmacro %}{{ m(x) }}",
        "{% set y %}{{ x }}{% endset %}{{ y }}",
        "{% for one in [x] %}{{ one|lower }}{% endfor %}",
        "{{ x ~ '' }}",
        "{% filter lower %}{{ x }}{% endfilter %}",
        "{{ x|visible }}",
        "{{ (x|visible)|lower }}",
        "{% set y = x|visible %}{{ y }}",
        "{% for one in [x|visible] %}{{ one }}{% endfor %}",
    ],
)
def test_templates_escape_once_everywhere(source: str) -> None:
    made = environment(Addresses("https://example.org/"))

    assert made.from_string(source).render(x="<i>'&\"") == "&lt;i&gt;&#39;&amp;&#34;"


def test_an_attribute_that_is_not_there_is_an_error() -> None:
    made = environment(Addresses("https://example.org/"))

    with pytest.raises(AttributeError):
        made.from_string("{{ x.y }}").render(x={"y": 1})
    assert made.from_string("{{ x['y'] }}{{ x.values()|list }}").render(x={"y": 1}) == "1[1]"
