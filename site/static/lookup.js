// Looks things up in the index that search.py wrote: small files, of which only those are fetched that a query needs.
// It stands in the head before the styles, so that what the address asks for is under way before the page is drawn.
"use strict";
(function () {
  var BASE = document.currentScript.dataset.index;
  var GUESS = document.currentScript.dataset.guess;
  //: Rows that are shown as soon as they are there: a browser fetches about so many files at once. A ready answer has as many.
  var FIRST = 6;
  var FACETS = ["from", "grade", "signal", "suspected"];
  var UTF8 = new TextDecoder();

  var about;  // what index.json says; the page carries it too
  var leaves; // Set of prefixes
  var inner;  // Set of prefixes that have longer ones below them
  var stop;   // Set of words too common to search by
  var files;  // promises of what was fetched
  var guess;  // promise of guess.js

  function take(found) {
    about = found;
    files = new Map();
    leaves = new Set(found.leaves ? found.leaves.split(" ") : []);
    stop = new Set(found.stop.split(" "));
    inner = new Set();
    leaves.forEach(function (leaf) {
      var letters = Array.from(leaf);
      for (var n = 1; n < letters.length; n++) inner.add(letters.slice(0, n).join(""));
    });
  }

  // Whether the page, which may be an old one out of a cache, knows the index that is there; if not, it does now.
  function current() {
    return fetch(BASE + "index.json", { cache: "no-cache" }).then(function (answer) { return answer.json(); }).then(function (found) {
      if (found.stamp === about.stamp) return true;
      take(found);
      return false;
    });
  }

  function load(path, read) {
    if (!files.has(path)) {
      var kept = files;
      kept.set(path, fetch(BASE + path + "?" + about.stamp).then(function (answer) {
        if (!answer.ok) throw new Error(path + ": " + answer.status);
        return read(answer);
      }).catch(function (error) { kept.delete(path); throw error; }));
    }
    return files.get(path);
  }

  function bytesOf(answer) {
    return answer.arrayBuffer().then(function (buffer) { return new Uint8Array(buffer); });
  }

  // A node: the answers that stand ready at its head, and the terms behind them.
  function nodeOf(answer) {
    return bytesOf(answer).then(function (bytes) {
      var read = reader(bytes), head = JSON.parse(UTF8.decode(read.piece()));
      return { head: head, terms: bytes.subarray(read.at()) };
    });
  }

  function fileName(prefix) {
    return "t/-" + Array.from(prefix).map(function (c) {
      return /^[a-z0-9]$/i.test(c) ? c : "_" + c.codePointAt(0).toString(16) + "_";
    }).join("") + ".bin";
  }

  // Reading.

  function reader(bytes) {
    var at = 0;
    function varint() {
      var number = 0, factor = 1, byte;
      do { byte = bytes[at++]; number += (byte & 127) * factor; factor *= 128; } while (byte & 128);
      return number;
    }
    function piece() {
      var size = varint();
      return bytes.subarray(at, at += size);
    }
    // A list as it stands, since most are passed over.
    function list() {
      var kind = bytes[at++];
      return { kind: kind, bytes: kind ? piece() : null };
    }
    return { more: function () { return at < bytes.length; }, at: function () { return at; }, varint: varint, piece: piece, list: list };
  }

  // Numbers of documents, ascending.
  function numbers(list) {
    if (!list.kind) return new Uint32Array(0);
    return list.kind === 1 ? fromGaps(list.bytes) : fromBits(list.bytes);
  }

  function fromGaps(bytes) {
    var read = reader(bytes), found = new Uint32Array(bytes.length), size = 0;
    for (var last = -1; read.more();) found[size++] = last += read.varint() + 1;
    return found.subarray(0, size);
  }

  function fromBits(bytes) {
    var found = new Uint32Array(8 * bytes.length), size = 0;
    for (var at = 0; at < bytes.length; at++) {
      for (var byte = bytes[at], number = 8 * at; byte; byte >>= 1, number++) if (byte & 1) found[size++] = number;
    }
    return found.subarray(0, size);
  }

  // The hits of those terms of a node that are wanted.
  function entries(bytes, wanted) {
    var read = reader(bytes), found = [];
    while (read.more()) {
      var term = UTF8.decode(read.piece()), names = read.list(), texts = read.list();
      if (wanted(term)) found.push({ names: numbers(names), texts: numbers(texts) });
    }
    return found;
  }

  // Ascending lists of numbers.

  function either(a, b) {
    if (!a.length || !b.length) return a.length ? a : b;
    var found = new Uint32Array(a.length + b.length), size = 0, i = 0, j = 0;
    while (i < a.length && j < b.length) {
      var x = a[i], y = b[j];
      found[size++] = x < y ? x : y;
      if (x <= y) i++;
      if (y <= x) j++;
    }
    found.set(a.subarray(i), size);
    found.set(b.subarray(j), size + a.length - i);
    return found.subarray(0, size + a.length - i + b.length - j);
  }

  function any(lists) {
    if (lists.length < 2) return lists[0] || new Uint32Array(0);
    var half = lists.length >> 1;
    return either(any(lists.slice(0, half)), any(lists.slice(half)));
  }

  // What of the first list is in the second one too, or is not.
  function sifted(a, b, wanted) {
    var found = new Uint32Array(a.length), size = 0;
    for (var i = 0, j = 0; i < a.length; i++) {
      while (j < b.length && b[j] < a[i]) j++;
      if ((j < b.length && b[j] === a[i]) === wanted) found[size++] = a[i];
    }
    return found.subarray(0, size);
  }

  function both(a, b) { return sifted(a, b, true); }
  function without(a, b) { return b.length ? sifted(a, b, false) : a; }

  // How many of an ascending list are below a number.
  function below(list, number) {
    var low = 0, high = list.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (list[middle] < number) low = middle + 1; else high = middle;
    }
    return low;
  }

  // Words.

  function normal(word) {
    return word.length > 3 && /[^sui]s$/.test(word) ? word.slice(0, -1) : word;
  }

  // Where a name is listed and where an address leads is no part of the name: pypi:NAME, https://HOST/OWNER/NAME.
  var LEAD = /^\s*(?:(?:pypi|npm|github|registry):|https?:\/\/[^/]+\/(?:project\/|package\/)?)/i;

  function words(query) {
    var cut = query.replace(LEAD, "").replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC");
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
      return load(fileName(name), nodeOf).then(function (found) {
        return entries(found.terms, function (term) {
          if (open) return term === "" || (!inner.has(name) && term.startsWith(spelled));
          return term === spelled;
        });
      });
    })).then(function (found) {
      var all = [].concat.apply([], found);
      return { names: any(all.map(function (one) { return one.names; })), texts: any(all.map(function (one) { return one.texts; })) };
    });
  }

  // Looking up.

  // What is asked for, out of the words of an address or of a form.
  function choice(state) {
    var facets = {};
    FACETS.forEach(function (name) {
      var values = state.getAll(name).filter(Boolean);
      if (values.length) facets[name] = values;
    });
    return { query: (state.get("q") || "").trim(), kinds: state.getAll("kind"), facets: facets };
  }

  // For each facet the documents that have one of its chosen values.
  function allowed(facets) {
    return Promise.all(Object.keys(facets).map(function (name) {
      return Promise.all(facets[name].map(function (value) {
        var facet = name === "suspected" ? name : name + "-" + value;
        if (!(facet in about.facets)) return new Uint32Array(0);
        return load("f/" + facet + ".bin", bytesOf).then(function (bytes) { return numbers(reader(bytes).list()); });
      })).then(any);
    }));
  }

  function everything() {
    var all = new Uint32Array(about.count);
    for (var n = 0; n < all.length; n++) all[n] = n;
    return { names: all, texts: new Uint32Array(0) };
  }

  // The documents that have all words, first those that have them in their names.
  function match(found) {
    var names = found.map(function (one) { return one.names; }).reduce(both);
    var anywhere = found.map(function (one) { return either(one.names, one.texts); }).reduce(both);
    return [names, without(anywhere, names)];
  }

  // Kinds are ranges of numbers: where each begins and ends in an ascending list.
  function spans(tier) {
    return about.ranges.map(function (range, n) {
      var end = n + 1 < about.ranges.length ? about.ranges[n + 1][1] : about.count;
      return { kind: range[0], from: below(tier, range[1]), to: below(tier, end) };
    });
  }

  // Whether the last word of a query may be the beginning of a longer one.
  function isOpen(query) { return /[\p{L}\p{N}]$/u.test(query); }

  // What a node has ready for a query that is one beginning and nothing else, as a search would find it; null where it has nothing.
  function ready(asked) {
    var cut = words(asked.query), word = cut[0];
    var alone = cut.length === 1 && isOpen(asked.query) && !asked.kinds.length && !Object.keys(asked.facets).length;
    var name = alone && normal(word) === word ? node(word) : null;
    if (name === null) return Promise.resolve(null);
    return load(fileName(name), nodeOf).then(function (found) {
      var answer = found.head[inner.has(name) ? "" : word];
      if (!answer) return null;
      var best = answer.best.map(function (one) { return { kind: kindOf(one[0]), record: one[1] }; });
      return { counts: answer.counts, total: answer.total, best: best };
    });
  }

  // What has all words; where nothing has, what guess.js takes for meant.
  function search(asked) {
    var cut = words(asked.query), open = isOpen(asked.query);
    var found = cut.length
      ? Promise.all(cut.map(function (word, n) { return hits(word, open && n === cut.length - 1); }))
      : Promise.resolve([everything()]);
    return found.then(function (lists) {
      var tiers = match(lists);
      return tiers[0].length || tiers[1].length
        ? chosen(tiers, asked)
        : guessing().then(function () { return window.catalogue.guess(cut, lists, asked); });
    });
  }

  // Only few need it, so it is fetched when somebody does.
  function guessing() {
    return guess = guess || new Promise(function (done, failed) {
      var script = document.createElement("script");
      script.src = GUESS;
      script.onload = done;
      script.onerror = function () { guess = null; script.remove(); failed(new Error("guess.js")); };
      document.head.append(script);
    });
  }

  // How many documents there are of each kind, how many of the kinds that are asked for, and the best of these.
  function chosen(tiers, asked) {
    return allowed(asked.facets).then(function (facets) {
      var counts = {}, total = 0, chosen = [];
      tiers.forEach(function (tier) {
        var left = facets.reduce(both, tier);
        spans(left).forEach(function (span) {
          var size = span.to - span.from;
          counts[span.kind] = (counts[span.kind] || 0) + size;
          if (asked.kinds.length && asked.kinds.indexOf(span.kind) < 0) return;
          total += size;
          chosen.push(left.subarray(span.from, span.to));
        });
      });
      return { counts: counts, total: total, best: function (most) { return best(chosen, most); } };
    });
  }

  function best(lists, most) {
    var found = [];
    for (var n = 0; n < lists.length && found.length < most; n++) found.push.apply(found, lists[n].subarray(0, most - found.length));
    return found;
  }

  // What results show of documents, each with its kind.
  function records(found) {
    return Promise.all(found.map(function (x) {
      var block = load("d/" + Math.floor(x / about.block) + ".json", function (answer) { return answer.json(); });
      return block.then(function (rows) { return { kind: kindOf(x), record: rows[x % about.block] }; });
    }));
  }

  function kindOf(number) {
    var found = about.ranges[0][0];
    for (var n = 0; n < about.ranges.length && about.ranges[n][1] <= number; n++) found = about.ranges[n][0];
    return found;
  }

  take(JSON.parse(document.getElementById("index").textContent));
  window.catalogue = {
    first: FIRST, choice: choice, ready: ready, search: search, records: records, current: current,
    load: load, hits: hits, match: match, either: either, normal: normal, chosen: chosen,
    count: function () { return about.count; }
  };
  // Fetched now, asked for again by the page once it can show something.
  var address = choice(new URLSearchParams(location.search));
  ready(address).then(function (answer) {
    if (!answer) return search(address).then(function (found) { return records(found.best(FIRST)); });
  }).catch(function () { /* told by the page */ });
})();
