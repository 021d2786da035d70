// The page that searches: reads the form, shows what lookup.js finds, and keeps the address true.
"use strict";
(function () {
  var LINK = document.currentScript.dataset.root;
  var ICONS = document.currentScript.dataset.icons;
  var SHOWN = 20;
  var SEVERITY = { read: "low", write: "medium", execute: "high", destructive: "critical", financial: "critical" };

  var catalogue = window.catalogue;
  var asked = 0;         // number of the newest query, so that late answers of older ones are dropped
  var shown = SHOWN;
  var form, field, list, status, more, extra;

  // Showing.
  function make(tag, name, text) {
    var made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // A name may go on in the next line behind a mark or before a capital.
  function named(link, name) {
    name.replace(/([/_:.@#])(?=[A-Za-z0-9])|([a-z0-9])(?=[A-Z])/g, "$&\0").split("\0").forEach(function (part, n) {
      if (n) link.append(make("wbr"));
      link.append(part);
    });
    return link;
  }

  function icon(name) {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "i");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", ICONS + "#" + name);
    svg.appendChild(use);
    return svg;
  }

  function category(name) {
    var chip = make("span", "cat " + name);
    chip.append(icon(name), name);
    return chip;
  }

  function tampered() {
    var chip = make("span", "cat tampered");
    chip.append(icon("warning"), "tampered?");
    return chip;
  }

  function item(record, kind) {
    var row = make("li"), link = named(make("a", kind === "server" || kind === "page" ? "name" : "code"), record[0]), says = make("p");
    link.href = LINK + record[1];
    row.append(link);
    if (record[4]) row.append(tampered());
    else if (kind in SEVERITY) row.append(category(kind));
    else if (kind === "server" && record[5]) row.append(category(record[5]));
    else row.append(make("span", "chip", record[2] && kind === "page" ? record[2] : kind));
    if (kind === "server" && record[6]) says.append(make("span", "quiet", "Grade "), make("b", "letter grade-" + record[6], record[6]), " ");
    if (kind !== "page" && record[2]) says.append(make("span", "of-server", record[2]), " ");
    if (record[4] && kind in SEVERITY) says.append(make("span", "chip", "claims: " + kind), " ");
    says.append(make("bdi", "", record[3]));
    row.append(says);
    return row;
  }

  // As the rest of the site writes them.
  function thousands(number) {
    return String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  }

  function tell(found, choice) {
    var total = found.total, results = thousands(total) + (total === 1 ? " result" : " results");
    if (found.instead) results = "Nothing found for “" + choice.query + "”; " + results + " " + found.instead + ".";
    status.textContent = (choice.query || choice.kinds.length || Object.keys(choice.facets).length)
      ? (total ? results : "Nothing found. Fewer words or filters may help.")
      : thousands(catalogue.count()) + " pages, servers and tools; the gravest tools come first within each kind.";
    form.querySelectorAll("[data-count]").forEach(function (place) {
      place.textContent = thousands(found.counts[place.dataset.count] || 0);
    });
  }

  function remember(choice) {
    var state = new URLSearchParams();
    if (choice.query) state.set("q", choice.query);
    choice.kinds.forEach(function (kind) { state.append("kind", kind); });
    Object.keys(choice.facets).forEach(function (name) { choice.facets[name].forEach(function (value) { state.append(name, value); }); });
    var text = state.toString();
    history.replaceState(null, "", text ? "?" + text : location.pathname);
  }

  function chosen() {
    return catalogue.choice(new URLSearchParams(new FormData(form)));
  }

  function drawn(found) {
    return found.map(function (one) { return item(one.record, one.kind); });
  }

  function rows(numbers) {
    return catalogue.records(numbers).then(drawn);
  }

  // The first rows, with what there is to say of all; the others follow.
  function begin(made, found, choice) {
    list.replaceChildren.apply(list, made);
    tell(found, choice);
    remember(choice);
  }

  function run() {
    var mine = ++asked, choice = chosen();
    list.setAttribute("aria-busy", "true");
    // A list that is to grow must not shrink before.
    return (shown > SHOWN ? Promise.resolve(null) : catalogue.ready(choice)).then(function (answer) {
      if (mine !== asked) return;
      if (answer) begin(drawn(answer.best), answer, choice);
      return catalogue.search(choice).then(function (found) {
        var page = found.best(shown), first = list.children.length && !answer ? page.length : catalogue.first;
        return (answer ? Promise.resolve() : rows(page.slice(0, first)).then(function (made) {
          if (mine === asked) begin(made, found, choice);
        })).then(function () {
          if (mine === asked) return rows(page.slice(first));
        }).then(function (made) {
          if (mine !== asked) return;
          list.append.apply(list, made);
          more.hidden = found.total <= shown;
          list.dataset.ready = String(mine);
        });
      });
    }).catch(function () {
      if (mine === asked) status.textContent = "The index could not be loaded. The lists of servers and categories work without it.";
    }).then(function () { if (mine === asked) list.removeAttribute("aria-busy"); });
  }

  function fill() {
    var state = new URLSearchParams(location.search);
    field.value = state.get("q") || "";
    form.querySelectorAll("input[type=checkbox], input[type=radio]").forEach(function (box) {
      box.checked = state.getAll(box.name).indexOf(box.value) >= 0;
    });
    form.querySelectorAll("select").forEach(function (select) { select.value = state.get(select.name) || ""; });
    if (["from", "grade", "signal", "suspected"].some(function (name) { return state.has(name); })) extra.open = true;
  }

  // Arrow keys walk from the field through the results; everything is also reached with Tab.
  function walk(event) {
    var down = event.key === "ArrowDown", up = event.key === "ArrowUp";
    var links = Array.from(list.querySelectorAll("a")), at = links.indexOf(document.activeElement);
    if (document.activeElement !== field && at < 0) return;
    if (event.key === "Escape") { field.focus(); field.select(); return; }
    if (!down && !up) return;
    var next = down ? links[at + 1] : at > 0 ? links[at - 1] : field;
    if (next) { event.preventDefault(); next.focus(); }
  }

  // The form stands above this script and is filled in before anything below it is there to be moved.
  form = document.getElementById("search");
  field = form.querySelector("input[type=search]");
  extra = form.querySelector("details");
  fill();

  document.addEventListener("DOMContentLoaded", function () {
    list = document.getElementById("results");
    status = document.getElementById("status");
    more = document.getElementById("more");
    field.addEventListener("input", function () { shown = SHOWN; run(); });
    form.addEventListener("change", function (event) { if (event.target !== field) { shown = SHOWN; run(); } });
    form.addEventListener("submit", function (event) { event.preventDefault(); run(); });
    more.addEventListener("click", function () {
      var before = list.children.length;
      shown += 2 * SHOWN;
      run().then(function () { var link = list.children[before] && list.children[before].querySelector("a"); if (link) link.focus(); });
    });
    document.addEventListener("keydown", walk);
    addEventListener("popstate", function () { fill(); run(); });
    run().then(catalogue.current).then(function (current) { if (!current) run(); }, function () { /* told above, if need be */ });
  });
})();
