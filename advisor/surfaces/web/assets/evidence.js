/* The evidence beside the answers: passages, pages of a PDF, the library. */
import { element, find, language, localised, narrow, root, store, stored, word } from "words";
import { keptOf } from "conversation";

const panel = () => document.getElementById("evidence");
const body = () => find(".panel-body", panel());
let shown = null;
let request = null;

const fetchInto = async (address, after) => {
  request?.abort();
  const mine = request = new AbortController();
  body().setAttribute("aria-busy", "true"); /* what stands there belongs to the citation before */
  const waiting = setTimeout(() => { body().replaceChildren(paragraph("loading")); }, 250);
  try {
    const response = await fetch(address, { signal: mine.signal });
    const html = await response.text();
    if (!response.ok && response.status !== 404) throw new Error(String(response.status));
    clearTimeout(waiting);
    body().innerHTML = html;
    after(response.status);
  } catch (error) {
    clearTimeout(waiting);
    if (error.name !== "AbortError") body().replaceChildren(paragraph("evidence_failed"));
  }
  if (request === mine) body().removeAttribute("aria-busy");
};
const paragraph = (name) => element("p", { className: name === "loading" ? "loading" : "detail", textContent: word(name) });

export const showing = () => panel()?.dataset.showing;
export const showLibrary = () => {
  mark(null);
  panel().dataset.showing = "library";
  fetchInto(localised("library"), () => { body().scrollTop = 0; });
};
export const refresh = () => { shown?.isConnected ? showCitation(shown, false) : showLibrary(); };
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

export const showCitation = (link, focus) => {
  mark(link);
  const all = siblings(link);
  const at = place(link, all);
  panel().dataset.showing = "citation";
  find(".position", panel()).textContent = word("position", { number: at + 1, total: all.length });
  find(".previous", panel()).disabled = at <= 0;
  find(".next", panel()).disabled = at >= all.length - 1;
  const address = new URL(link.href);
  address.hash = "";
  address.searchParams.set("fragment", "1");
  address.searchParams.set("language", language);
  fetchInto(address, (status) => {
    if (status === 404) showWhatItSaid(link);
    showPage(link.dataset.page);
    reveal(find("mark", body()));
    if (find(".views", body()) && stored("advisor-view") === "page") view("page");
  });
  if (narrow.matches && focus !== false) root.dataset.evidence = "open";
  if (focus) find("h2", panel()).focus({ preventScroll: true });
};
const reveal = (quote) => {
  /* The source stays on top; the quotation comes to stand in the upper third of what is below it. */
  const frame = body();
  frame.scrollTop = 0;
  if (!quote) return;
  const above = find(".source", frame).offsetHeight;
  const top = quote.getBoundingClientRect().top - frame.getBoundingClientRect().top;
  frame.scrollTop = top - above - (frame.clientHeight - above) * 0.3;
};
const showPage = (page) => {
  /* The page that the source names for a quotation counts before that of the file. */
  const facts = find(".facts", body());
  if (!page || !facts) return;
  let row = find(".fact-page", facts);
  if (!row) {
    row = element("div", { className: "fact-page" }, element("dt"), element("dd"));
    facts.prepend(row);
  }
  find("dt", row).textContent = word("page");
  find("dd", row).textContent = page;
};
const showWhatItSaid = (link) => {
  /* The document is gone; the answer still holds the words that it quoted. */
  const kept = keptOf(link.closest(".turn"));
  const answer = kept && JSON.parse(kept.answer);
  const cited = answer && [...answer.citations, ...answer.nearest].find((one) => String(one.number) === link.dataset.number);
  if (!cited) return;
  body().append(
    element("p", { className: "hint", textContent: word("as_it_stood") }),
    element("blockquote", { textContent: cited.quote, lang: cited.language }),
    element("p", { className: "reference", textContent: cited.reference, lang: cited.language }),
  );
};

/* The passage as text, or as it is printed. */
export const view = async (name) => {
  const frame = body();
  const sheets = find(".sheets", frame);
  for (const button of frame.querySelectorAll(".views button")) button.setAttribute("aria-pressed", String(button.dataset.view === name));
  find(".document", frame).hidden = name === "page";
  sheets.hidden = name !== "page";
  if (name === "text") return reveal(find("mark", frame));
  if (!sheets.hasChildNodes()) {
    sheets.append(paragraph("loading"));
    try {
      const response = await fetch(sheets.dataset.address);
      sheets.innerHTML = await response.text();
    } catch {
      sheets.replaceChildren(paragraph("evidence_failed"));
      return;
    }
  }
  const first = find(".sheet .box", sheets);
  frame.scrollTop = 0;
  if (!first) return;
  const image = find("img", first.closest(".sheet"));
  if (!image.complete) await new Promise((done) => { image.onload = image.onerror = done; });
  reveal(first);
};
export const chooseView = (name) => { store("advisor-view", name); view(name); };

export const step = (by) => {
  if (!shown?.isConnected) return;
  const all = siblings(shown);
  const next = all[place(shown, all) + by];
  if (!next) return;
  next.scrollIntoView({ block: "nearest" });
  showCitation(next, false);
};
export const close = () => {
  delete root.dataset.evidence;
  shown?.focus();
};
export const isOpen = () => Boolean(root.dataset.evidence || panel()?.contains(document.activeElement));
