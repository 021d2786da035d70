// Changes nothing that the page needs: theme, copy buttons, the key that focuses the search.
"use strict";
(function () {
  var root = document.documentElement;
  var kept = null;
  try { kept = localStorage.getItem("theme"); } catch (_) { /* storage may be forbidden */ }
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;

  function dark() {
    if (root.dataset.theme) return root.dataset.theme === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function changeTheme() {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch (_) { /* as above */ }
  }

  function copy(button) {
    var text = document.getElementById(button.dataset.copy).textContent;
    var label = button.textContent;
    navigator.clipboard.writeText(text).then(
      function () { button.textContent = "Copied"; },
      function () { button.textContent = "Select it by hand"; }
    ).then(function () { setTimeout(function () { button.textContent = label; }, 1800); });
  }

  function save(button) {
    var text = document.getElementById(button.dataset.copy).textContent;
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = button.dataset.name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  function focusSearch(event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    var field = document.querySelector("main input[type=search]") || document.querySelector("input[type=search]");
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  }

  document.addEventListener("DOMContentLoaded", function () {
    var theme = document.querySelector("button.theme");
    theme.hidden = false;
    theme.addEventListener("click", changeTheme);
    document.querySelectorAll("button.copy").forEach(function (button) {
      if (!navigator.clipboard) return;
      button.hidden = false;
      button.addEventListener("click", function () { copy(button); });
    });
    document.querySelectorAll("button.save").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { save(button); });
    });
    document.addEventListener("keydown", focusSearch);
  });
})();
