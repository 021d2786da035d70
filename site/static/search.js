// Searches the catalogue in small files that search.py wrote: only what a query needs is fetched.
"use strict";
(function () {
  var BASE = document.currentScript.dataset.index;
  var LINK = document.currentScript.dataset.root;
  var SHOWN = 20;
  var SEVERITY = { read: "low", write: "medium", execute: "high", destructive: "critical", financial: "critical" };
  var ICONS = document.currentScript.dataset.icons;

  var about = null;      // what index.json says
  var leaves = null;     // Set of prefixes
  var stop = null;       // Set of words too common to search by
  var inner = null;      // Set of prefixes that have longer ones below them
  var files = new Map(); // promises of what was fetched
  var asked = 0;         // number of the newest query, so that late answers of older ones are dropped
  var shown = SHOWN;
  var form, field, list, status, more, extra;

  // Fetching.

  function load(path, binary) {
    if (!files.has(path)) {
      var address = BASE + path + (about ? "?" + about.stamp : "");
      files.set(path, fetch(address).then(function (answer) {
        if (!answer.ok) throw new Error(path + ": " + answer.status);
        return binary ? answer.arrayBuffer().then(function (buffer) { return new Uint8Array(buffer); }) : answer.json();
      }).catch(function (error) { files.delete(path); throw error; }));
    }
    return files.get(path);
  }

  function start() {
    return fetch(BASE + "index.json", { cache: "no-cache" }).then(function (answer) { return answer.json(); }).then(function (found) {
      about = found;
      leaves = new Set(found.leaves ? found.leaves.split(" ") : []);
      stop = new Set(found.stop.split(" "));
      inner = new Set();
      leaves.forEach(function (leaf) {
        var letters = Array.from(leaf);
        for (var n = 1; n < letters.length; n++) inner.add(letters.slice(0, n).join(""));
      });
    });
  }

  function fileName(prefix) {
    return "t/-" + Array.from(prefix).map(function (c) {
      return /^[a-z0-9]$/i.test(c) ? c : "_" + c.codePointAt(0).toString(16) + "_";
    }).join("") + ".bin";
  }

  // Lists of document numbers.

  function reader(bytes) {
    var at = 0;
    function varint() {
      var number = 0, factor = 1, byte;
      do { byte = bytes[at++]; number += (byte & 127) * factor; factor *= 128; } while (byte & 128);
      return number;
    }
    function numbers() {
      var kind = bytes[at++], found = [];
      if (kind === 0) return found;
      var end = varint() + at;
      if (kind === 1) {
        for (var last = -1; at < end;) { last += varint() + 1; found.push(last); }
      } else {
        for (var base = 0; at < end; at++, base += 8) {
          for (var byte = bytes[at], bit = 0; byte; byte >>= 1, bit++) if (byte & 1) found.push(base + bit);
        }
      }
      return found;
    }
    function text() {
      var size = varint();
      at += size;
      return new TextDecoder().decode(bytes.subarray(at - size, at));
    }
    return { more: function () { return at < bytes.length; }, text: text, numbers: numbers };
  }

  function entries(bytes) {
    var read = reader(bytes), found = [];
    while (read.more()) found.push({ term: read.text(), names: read.numbers(), texts: read.numbers() });
    return found;
  }

  function union(lists) {
    if (lists.length === 1) return lists[0];
    var all = new Set();
    lists.forEach(function (one) { one.forEach(function (number) { all.add(number); }); });
    return Array.from(all).sort(function (a, b) { return a - b; });
  }

  // Words.

  function normal(word) {
    return word.length > 3 && /[^sui]s$/.test(word) ? word.slice(0, -1) : word;
  }

  function words(query) {
    var cut = query.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC");
    var found = [];
    (cut.match(/[\p{L}\p{N}]+/gu) || []).forEach(function (word) {
      var runs = word.match(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+/g);
      runs.forEach(function (run) {
        if (!/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(run) || run.length < 2) found.push(run.slice(0, 24));
        else for (var n = 0; n + 1 < run.length; n++) found.push(run.slice(n, n + 2));
      });
    });
    var telling = found.filter(function (word) { return !stop.has(word); });
    return (telling.length ? telling : found).slice(0, 8);
  }

  // The node that holds the terms beginning with a prefix, or null where there are none.
  function node(prefix) {
    if (leaves.has(prefix) || inner.has(prefix)) return prefix;
    for (var letters = Array.from(prefix); letters.length; letters.pop()) if (leaves.has(letters.join(""))) return letters.join("");
    return null;
  }

  function hits(word, asPrefix) {
    var exact = normal(word), wanted = asPrefix ? [word] : [];
    if (!asPrefix || exact !== word) wanted.push(exact);
    return Promise.all(wanted.map(function (spelled, n) {
      var name = node(spelled), open = asPrefix && n === 0;
      if (name === null) return [];
      return load(fileName(name), true).then(function (bytes) {
        return entries(bytes).filter(function (one) {
          if (open) return one.term === "" || (!inner.has(name) && one.term.startsWith(spelled));
          return one.term === spelled;
        });
      });
    })).then(function (found) {
      var all = [].concat.apply([], found);
      return { names: union(all.map(function (one) { return one.names; })), texts: union(all.map(function (one) { return one.texts; })) };
    });
  }

  // Filters.

  function chosen() {
    var data = new FormData(form), kinds = data.getAll("kind"), facets = {};
    ["from", "grade", "signal", "suspected"].forEach(function (name) {
      var values = data.getAll(name).filter(Boolean);
      if (values.length) facets[name] = values;
    });
    return { query: data.get("q").trim(), kinds: kinds, facets: facets };
  }

  function kindOf(number) {
    var found = about.ranges[0][0];
    for (var n = 0; n < about.ranges.length && about.ranges[n][1] <= number; n++) found = about.ranges[n][0];
    return found;
  }

  // For each facet the documents that have one of its chosen values.
  function allowed(facets) {
    return Promise.all(Object.keys(facets).map(function (name) {
      return Promise.all(facets[name].map(function (value) {
        var facet = name === "suspected" ? name : name + "-" + value;
        if (!(facet in about.facets)) return [];
        return load("f/" + facet + ".bin", true).then(function (bytes) { return reader(bytes).numbers(); });
      })).then(function (lists) { return new Set([].concat.apply([], lists)); });
    }));
  }

  function everything() {
    return { names: Array.from({ length: about.count }, function (_, n) { return n; }), texts: [] };
  }

  function match(found) {
    if (found.length === 1) return [found[0].names, minus(found[0].texts, found[0].names)];
    var inNames = found.map(function (one) { return new Set(one.names); });
    var anywhere = found.map(function (one, n) { var all = new Set(one.texts); inNames[n].forEach(function (x) { all.add(x); }); return all; });
    var rarest = 0;
    anywhere.forEach(function (one, n) { if (one.size < anywhere[rarest].size) rarest = n; });
    var hit = Array.from(anywhere[rarest]).filter(function (x) { return anywhere.every(function (one) { return one.has(x); }); });
    hit.sort(function (a, b) { return a - b; });
    var first = hit.filter(function (x) { return inNames.every(function (one) { return one.has(x); }); });
    return [first, minus(hit, first)];
  }

  // Both ascend, so one walk through both is enough.
  function minus(list_, other) {
    if (!other.length || !list_.length) return list_;
    var at = 0;
    return list_.filter(function (x) {
      while (at < other.length && other[at] < x) at++;
      return other[at] !== x;
    });
  }

  // How many of an ascending list are below a number.
  function below(list_, number) {
    var low = 0, high = list_.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (list_[middle] < number) low = middle + 1; else high = middle;
    }
    return low;
  }

  // Kinds are ranges of numbers: how many there are of each, and where each begins and ends in an ascending list.
  function spans(tier) {
    return about.ranges.map(function (range, n) {
      var end = n + 1 < about.ranges.length ? about.ranges[n + 1][1] : about.count;
      return { kind: range[0], from: below(tier, range[1]), to: below(tier, end) };
    });
  }

  function search(choice) {
    var cut = words(choice.query), open = /[\p{L}\p{N}]$/u.test(choice.query);
    var found = cut.length
      ? Promise.all(cut.map(function (word, n) { return hits(word, open && n === cut.length - 1); }))
      : Promise.resolve([everything()]);
    return Promise.all([found, allowed(choice.facets)]).then(function (both) {
      var counts = {}, all = [];
      match(both[0]).forEach(function (tier) {
        var left = !both[1].length ? tier : tier.filter(function (x) { return both[1].every(function (set) { return set.has(x); }); });
        spans(left).forEach(function (span) {
          counts[span.kind] = (counts[span.kind] || 0) + span.to - span.from;
          if (!choice.kinds.length || choice.kinds.indexOf(span.kind) >= 0) all = all.concat(left.slice(span.from, span.to));
        });
      });
      return { all: all, counts: counts };
    });
  }

  function records(numbers) {
    return Promise.all(numbers.map(function (x) {
      return load("d/" + Math.floor(x / about.block) + ".json").then(function (block) { return block[x % about.block]; });
    }));
  }

  // Showing.

  function make(tag, name, text) {
    var made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
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

  function item(record, kind) {
    var row = make("li"), link = make("a", kind === "server" || kind === "page" ? "name" : "code", record[0]), says = make("p");
    link.href = LINK + record[1];
    row.append(link);
    if (kind in SEVERITY) row.append(category(kind));
    else if (kind === "server" && record[5]) row.append(category(record[5]));
    else row.append(make("span", "chip", record[2] && kind === "page" ? record[2] : kind));
    if (kind !== "page" && record[2]) says.append(make("span", "of-server", record[2]), " ");
    if (record[4]) says.append(make("span", "chip hard", "tampered?"), " ");
    says.append(make("bdi", "", record[3]));
    row.append(says);
    return row;
  }

  function tell(found, choice) {
    var total = found.all.length, one = total === 1 ? " result" : " results";
    status.textContent = (choice.query || choice.kinds.length || Object.keys(choice.facets).length)
      ? (total ? total.toLocaleString("en-GB") + one : "Nothing found. Fewer words or filters may help.")
      : about.count.toLocaleString("en-GB") + " pages, servers and tools; the gravest tools come first within each kind.";
    form.querySelectorAll("[data-count]").forEach(function (place) {
      place.textContent = (found.counts[place.dataset.count] || 0).toLocaleString("en-GB");
    });
  }

  // How many documents each value of a filter has in all; values that nothing has cannot be chosen.
  function count() {
    form.querySelectorAll("select").forEach(function (select) {
      Array.from(select.options).forEach(function (option) {
        if (!option.value) return;
        var total = about.facets[select.name + "-" + option.value] || 0;
        option.textContent += " (" + total.toLocaleString("en-GB") + ")";
        option.disabled = !total;
      });
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

  function run() {
    var mine = ++asked, choice = chosen();
    list.setAttribute("aria-busy", "true");
    return search(choice).then(function (found) {
      var page = found.all.slice(0, shown);
      return records(page).then(function (rows) {
        if (mine !== asked) return;
        list.replaceChildren.apply(list, rows.map(function (record, n) { return item(record, kindOf(page[n])); }));
        more.hidden = found.all.length <= shown;
        tell(found, choice);
        remember(choice);
        list.dataset.ready = String(mine);
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

  // Asked for at once; the page is read meanwhile.
  var ready = start();
  ready.catch(function () { /* told below */ });

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
    ready.then(function () { count(); return run(); }, function () { status.textContent = "The index could not be loaded."; });
  });
})();
