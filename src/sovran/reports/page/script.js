"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  root.classList.add("js");

  // light or dark: as the system has it until somebody chooses
  const theme = one(".theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const remember = (value) => { try { localStorage.setItem("sovran-theme", value); } catch { /* a file may have no storage */ } };
  const recall = () => { try { return localStorage.getItem("sovran-theme"); } catch { return null; } };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const nameTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  if (["light", "dark"].includes(recall())) root.dataset.theme = recall();
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    nameTheme();
  });
  system.addEventListener("change", nameTheme);
  nameTheme();

  // a link into what is closed opens it
  const reveal = () => {
    let place = null;
    try { place = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return; }
    if (!place) return;
    for (let outer = place; outer; outer = outer.parentElement) if (outer.tagName === "DETAILS") outer.open = true;
    place.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    // the same link twice changes no hash
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) reveal();
  });

  // search and filter
  const tools = one(".tools");
  const search = one("input[type=search]");
  const boxes = all(".kinds input");
  const status = one(".status");
  const claims = all(".claim").map((element) => ({ element, text: null }));
  const operations = all(".operation").map((element) => ({ element, text: null, kinds: element.dataset.kinds.split(" ") }));
  const resources = all(".resource").map((element) => ({ element, text: null }));
  const holds = (entry, words) => {
    entry.text ??= entry.element.textContent.toLowerCase();
    return words.every((word) => entry.text.includes(word));
  };
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kinds = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const narrowed = words.length > 0 || kinds.size < boxes.length;
    let shown = 0;
    for (const entry of claims) {
      entry.element.hidden = !(kinds.has(entry.element.dataset.verdict) && holds(entry, words));
      shown += !entry.element.hidden;
    }
    for (const entry of resources) entry.element.hidden = !holds(entry, words);
    for (const entry of operations) entry.element.hidden = !(entry.kinds.some((kind) => kinds.has(kind)) && holds(entry, words));
    for (const body of all(".operations tbody")) body.hidden = !body.querySelector(".operation:not([hidden])");
    for (const part of all(".access")) part.querySelector(".nothing").hidden = Boolean(part.querySelector(".operation:not([hidden])"));
    for (const folded of all(".folded")) {
      folded.hidden = !folded.querySelector(":is(.claim, .operation):not([hidden])");
      if (words.length) folded.open = !folded.hidden;
    }
    for (const standard of all(".standard")) standard.hidden = !standard.querySelector(".claim:not([hidden])");
    for (const part of all(".claims")) part.querySelector(".nothing").hidden = Boolean(part.querySelector(".standard:not([hidden])"));
    status.textContent = narrowed ? `${shown} of ${claims.length} claims` : "";
    return narrowed;
  };
  const search_from_above = () => {
    // what matches stands below the answer: go there
    if (filter()) one(".claims").scrollIntoView({ block: "start" });
  };
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search_from_above, 120); });
  for (const box of boxes) box.addEventListener("change", search_from_above);
  tools.addEventListener("submit", (event) => { event.preventDefault(); search_from_above(); });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
    event.preventDefault();
    search.focus();
  });

  // open and close
  for (const button of all(".expand")) {
    button.addEventListener("click", () => {
      const open = button.textContent === "Open all";
      for (const part of all("details", button.closest("section"))) part.open = open;
      button.textContent = open ? "Close all" : "Open all";
    });
  }

  // on paper nothing can be opened
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])").filter((part) => !part.matches(".claim.pass, .claim.none, .claim.na, .resource:not(.fail)"));
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => { for (const part of opened) part.open = false; opened = []; });

  for (const part of [tools, theme, ...all(".expand")]) part.hidden = false;
  // a field that was filled before the page was loaded again
  if (search.value || boxes.some((box) => !box.checked)) filter();
  if (location.hash) reveal();
})();
