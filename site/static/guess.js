// What to show where nothing has all the words that were asked for: words that may have been meant, else what has most of them.
"use strict";
(function () {
  var catalogue = window.catalogue;

  // The words of the index that most documents have, commonest first.
  function known() {
    return catalogue.load("words.txt", function (answer) { return answer.text(); }).then(function (text) { return text.split(" "); });
  }

  // How many letters are too many, missing, other ones or in each other's place; more than *most* is as good as any more.
  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    var before = [], last = [], row = [];
    for (var j = 0; j <= b.length; j++) row[j] = j;
    for (var i = 1; i <= a.length; i++) {
      before = last;
      last = row;
      row = [i];
      for (j = 1; j <= b.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      if (Math.min.apply(null, row) > most) return most + 1;
    }
    return row[b.length];
  }

  function nearest(word, all) {
    var most = word.length < 4 ? 0 : word.length < 7 ? 1 : 2, best = null;
    all.forEach(function (other) {
      var apart = most && distance(word, other, most);
      if (apart && apart <= most) { best = other; most = apart - 1; }
    });
    return best;
  }

  // Two words that were written as one.
  function halves(word, all) {
    for (var n = 3; n <= word.length - 3; n++) if (all.has(word.slice(0, n)) && all.has(word.slice(n))) return [word.slice(0, n), word.slice(n)];
    return null;
  }

  // The words, with others in place of those that nothing has; one that nothing is near stays.
  function meant(words, lists, common) {
    var all = new Set(common), found = [];
    function unknown(n) { return n < words.length && !lists[n].names.length && !lists[n].texts.length; }
    for (var n = 0; n < words.length; n++) {
      var word = catalogue.normal(words[n]), joined = catalogue.normal(words[n] + (words[n + 1] || ""));
      if ((unknown(n) || unknown(n + 1)) && all.has(joined)) { found.push(joined); n++; }
      else if (unknown(n)) found.push.apply(found, halves(word, all) || [nearest(word, common) || words[n]]);
      else found.push(words[n]);
    }
    return found;
  }

  // The documents that have the most of the words, in lists: first those with the rarest ones, which count double in a name.
  function most(lists) {
    var size = catalogue.count(), counts = new Uint8Array(size), scores = new Float32Array(size), tiers = new Map();
    lists.forEach(function (one) {
      var documents = catalogue.either(one.names, one.texts), rare = Math.log(1 + size / (documents.length || 1));
      documents.forEach(function (number) { counts[number]++; scores[number] += rare; });
      one.names.forEach(function (number) { scores[number] += rare; });
    });
    var many = counts.reduce(function (a, b) { return Math.max(a, b); }, 0);
    if (many) counts.forEach(function (count, number) {
      if (count < many) return;
      if (!tiers.has(scores[number])) tiers.set(scores[number], []);
      tiers.get(scores[number]).push(number);
    });
    return Array.from(tiers.keys()).sort(function (a, b) { return b - a; }).map(function (score) { return Uint32Array.from(tiers.get(score)); });
  }

  catalogue.guess = function (words, lists, asked) {
    var strange = lists.some(function (one) { return !one.names.length && !one.texts.length; });
    return (strange ? known() : Promise.resolve([])).then(function (common) {
      var now = strange ? meant(words, lists, common) : words;
      return Promise.all(now.map(function (word, n) { return word === words[n] ? lists[n] : catalogue.hits(word, false); })).then(function (found) {
        var tiers = catalogue.match(found), whole = tiers[0].length || tiers[1].length;
        return catalogue.chosen(whole ? tiers : most(found), asked).then(function (answer) {
          var had = whole ? now : now.filter(function (word, n) { return found[n].names.length || found[n].texts.length; });
          answer.instead = whole || had.length === 1 ? "for “" + had.join(" ") + "”" : "with some of its words";
          return answer;
        });
      });
    });
  };
})();
