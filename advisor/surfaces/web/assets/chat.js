/* The chat's own script: language of the page, theme, examples, and the evidence beside the answers. */
(() => {
  "use strict";
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  const wording = JSON.parse(document.getElementById("wording").textContent);
  const NARROW = "(max-width: 900px)";

  /* Theme: the address decides, else the reader's system. Gradio does the same for its own elements. */
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const applyTheme = () => {
    const asked = query.get("__theme");
    root.dataset.theme = asked === "dark" || asked === "light" ? asked : dark.matches ? "dark" : "light";
  };
  dark.addEventListener("change", applyTheme);
  applyTheme();

  /* Language of the page: the address, the last choice, the browser. */
  const stored = () => { try { return localStorage.getItem("advisor-language"); } catch { return null; } };
  const browser = (navigator.languages || []).map((code) => code.slice(0, 2).toLowerCase());
  let language = [query.get("language"), stored(), ...browser].find((code) => code in wording) || "en";
  const word = (name, values = {}) => wording[language][name].replace(/\{(\w+)\}/g, (place, key) => key in values ? values[key] : place);

  const put = (element, attribute, value) => { if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value); };
  const translate = () => {
    put(root, "lang", language);
    for (const element of document.querySelectorAll("[data-t]")) {
      if (element.textContent !== word(element.dataset.t)) element.textContent = word(element.dataset.t);
    }
    for (const element of document.querySelectorAll("[data-t-label]")) put(element, "aria-label", word(element.dataset.tLabel));
    for (const element of document.querySelectorAll("[data-t-title]")) put(element, "title", word(element.dataset.tTitle));
    for (const button of document.querySelectorAll(".languages button")) put(button, "aria-pressed", String(button.dataset.language === language));
    const field = document.querySelector("#question textarea");
    if (field) {
      put(field, "aria-label", word("question"));
      put(field, "placeholder", word("placeholder"));
    }
    for (const node of document.querySelector("#send")?.childNodes ?? []) {
      if (node.nodeType === Node.TEXT_NODE && node.data.trim() && node.data !== word("ask")) node.data = word("ask");
    }
    const log = document.getElementById("log");
    if (log) {
      put(log, "role", "log");
      put(log, "aria-live", "polite");
      put(log, "aria-label", word("conversation"));
    }
  };
  const choose = (code) => {
    language = code;
    try { localStorage.setItem("advisor-language", code); } catch { /* private windows may refuse; the choice then lasts until reload */ }
    translate();
    shown ? showCitation(shown, false) : showLibrary();
  };

  /* Evidence */
  const panel = () => document.getElementById("evidence");
  const body = () => panel().querySelector(".panel-body");
  let shown = null;
  let request = null;

  const fetchInto = async (address, after) => {
    request?.abort();
    const mine = request = new AbortController();
    const waiting = setTimeout(() => { body().replaceChildren(paragraph("loading")); }, 250);
    try {
      const response = await fetch(address, { signal: mine.signal });
      const html = await response.text();
      if (!response.ok && response.status !== 404) throw new Error(String(response.status));
      clearTimeout(waiting);
      body().innerHTML = html;
      after();
    } catch (error) {
      clearTimeout(waiting);
      if (error.name !== "AbortError") body().replaceChildren(paragraph("evidence_failed"));
    }
  };
  const paragraph = (name) => {
    const element = document.createElement("p");
    element.className = name === "loading" ? "loading" : "detail";
    element.textContent = word(name);
    return element;
  };

  const showLibrary = () => {
    mark(null);
    panel().dataset.showing = "library";
    fetchInto(`library?language=${language}`, () => { body().scrollTop = 0; });
  };
  const mark = (link) => {
    shown = link;
    for (const other of document.querySelectorAll('.citation[aria-current="true"]')) other.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
  };
  const siblings = (link) => {
    const found = new Map();
    for (const other of link.closest(".turn").querySelectorAll(".citation")) if (!found.has(other.dataset.number)) found.set(other.dataset.number, other);
    return [...found.values()].sort((a, b) => a.dataset.number - b.dataset.number);
  };
  const place = (link, all) => all.findIndex((other) => other.dataset.number === link.dataset.number);

  const showCitation = (link, focus) => {
    mark(link);
    const all = siblings(link);
    const at = place(link, all);
    panel().dataset.showing = "citation";
    panel().querySelector(".position").textContent = word("position", { number: at + 1, total: all.length });
    panel().querySelector(".previous").disabled = at <= 0;
    panel().querySelector(".next").disabled = at >= all.length - 1;
    const address = new URL(link.href);
    address.hash = "";
    address.searchParams.set("fragment", "1");
    address.searchParams.set("language", language);
    fetchInto(address, () => {
      showPage(link.dataset.page);
      reveal(body().querySelector("mark"));
    });
    if (matchMedia(NARROW).matches && focus !== false) root.dataset.evidence = "open";
    if (focus) panel().querySelector("h2").focus({ preventScroll: true });
  };
  const reveal = (quote) => {
    /* The source stays on top; the quotation comes to stand in the upper third of what is below it. */
    const frame = body();
    frame.scrollTop = 0;
    if (!quote) return;
    const above = frame.querySelector(".source").offsetHeight;
    const top = quote.getBoundingClientRect().top - frame.getBoundingClientRect().top;
    frame.scrollTop = top - above - (frame.clientHeight - above) * 0.3;
  };
  const showPage = (page) => {
    /* The page that the source names for a quotation counts before that of the file. */
    const facts = body().querySelector(".facts");
    if (!page || !facts) return;
    let row = facts.querySelector(".fact-page");
    if (!row) {
      row = document.createElement("div");
      row.className = "fact-page";
      row.append(document.createElement("dt"), document.createElement("dd"));
      facts.prepend(row);
    }
    row.querySelector("dt").textContent = word("page");
    row.querySelector("dd").textContent = page;
  };
  const step = (by) => {
    if (!shown) return;
    const all = siblings(shown);
    const next = all[place(shown, all) + by];
    if (!next) return;
    next.scrollIntoView({ block: "nearest" });
    showCitation(next, false);
  };
  const close = () => {
    delete root.dataset.evidence;
    shown?.focus();
  };

  /* Asking by an example */
  const ask = (question) => {
    const field = document.querySelector("#question textarea");
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, question);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => document.getElementById("send").click(), 50);
  };
  const copy = async (button) => {
    if (navigator.clipboard) await navigator.clipboard.writeText(button.dataset.copy);
    else {
      /* Browsers give the clipboard to pages from this machine and to https only; the old way works elsewhere. */
      const field = document.createElement("textarea");
      field.value = button.dataset.copy;
      button.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    const before = button.textContent;
    button.textContent = word("copied");
    setTimeout(() => { button.textContent = before; }, 1500);
  };

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest?.(selector);
    const link = on("a.citation");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      /* A click without a pointer came from the keyboard: the reader follows the focus. */
      showCitation(link, event.detail === 0 || matchMedia(NARROW).matches);
    } else if (on(".restart")) {
      event.preventDefault();
      location.reload();
    } else if (on(".skip")) {
      event.preventDefault();
      document.querySelector("#question textarea").focus();
    } else if (on(".languages button")) choose(on(".languages button").dataset.language);
    else if (on(".example")) ask(on(".example").textContent);
    else if (on(".copy")) copy(on(".copy"));
    else if (on("#evidence .previous")) step(-1);
    else if (on("#evidence .next")) step(1);
    else if (on("#evidence .back")) showLibrary();
    else if (on("#evidence .close")) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && (root.dataset.evidence || panel()?.contains(document.activeElement))) close();
  });

  /* What Gradio puts on the page arrives piece by piece. */
  let newest = null;
  let finished = null;
  const arrived = () => {
    translate();
    if (panel() && !panel().dataset.showing) showLibrary();
    const all = document.querySelectorAll("#log .turn");
    const last = all[all.length - 1];
    if (!last) return;
    if (newest !== last.dataset.turn) {
      newest = last.dataset.turn;
      last.scrollIntoView({ block: "start" });
    }
    if (!last.hasAttribute("aria-busy") && finished !== newest) {
      finished = newest;
      const first = last.querySelector(".answered .citation");
      /* Beside the conversation there is room to show at once what the first citation looks like. */
      if (first && !matchMedia(NARROW).matches) showCitation(first, false);
      else if (panel().dataset.showing === "library") showLibrary();
    }
  };
  new MutationObserver(arrived).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-busy", "data-turn"] });
})();
