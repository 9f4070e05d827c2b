/* The turns of the conversation: asking, stopping, asking again or otherwise, opening what was said before. */
import { announce, element, find, language, localised, root, send, word } from "words";
import * as history from "history";
import * as filters from "filters";

const RECALLED = 4;
let id = history.fresh();
let turns = []; /* { number, kept }, kept is what the server sealed, or null where a turn came to nothing */
let asking = null; /* { number, question } while an answer is awaited */
let replaced = null; /* the number of the turn that the next question takes the place of */
let arrivedHere = () => {};
export const onAnswer = (listener) => { arrivedHere = listener; };

const past = () => document.getElementById("past");
const field = () => find("#question textarea");
const latest = () => find("#current .turn");
export const current = () => id;
export const keptOf = (turn) => {
  const known = turns.find((one) => one.number === Number(turn?.dataset.turn));
  return known?.kept ?? null;
};

/* The answers of the conversation in their order, or that of one turn. */
export const answersOf = (turn = null) => turns
  .filter((one) => one.kept && (!turn || one.number === Number(turn.dataset.turn)))
  .map((one) => JSON.parse(one.kept.answer));

export const type = (question) => {
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field(), question);
  field().dispatchEvent(new Event("input", { bubbles: true }));
};
export const ask = (question, inPlaceOf = null) => {
  if (asking) return;
  replaced = inPlaceOf;
  type(question);
  setTimeout(() => document.getElementById("send").click(), 50);
};

/* Gradio calls this when a question is sent, and sends what it returns. */
const begin = (question) => {
  const asked = (question ?? "").trim();
  if (!asked || asking) return ["", language, ""];
  offline(false);
  cutFrom(replaced ?? Infinity);
  replaced = null;
  settle();
  const number = 1 + Math.max(0, ...turns.map((turn) => turn.number));
  asking = { number, question: asked };
  root.dataset.busy = "true";
  announce(word("said_searching"));
  const before = turns.filter((turn) => turn.kept).slice(-RECALLED).map(({ kept }) => {
    const answer = JSON.parse(kept.answer);
    return { asked: kept.asked, standalone: answer.question, language: answer.language };
  });
  return [question, language, JSON.stringify({ number, before, only: filters.chosen() })];
};
/* The turn in Gradio's hands is copied over to the ones before; Gradio then fills its place anew. */
const settle = () => {
  const turn = latest();
  if (!turn) return;
  const copy = turn.cloneNode(true);
  copy.removeAttribute("aria-busy");
  copy.removeAttribute("data-kept");
  past().append(copy);
  turn.remove();
};
const cutFrom = (number) => {
  turns = turns.filter((turn) => turn.number < number);
  for (const turn of past().querySelectorAll(".turn")) if (Number(turn.dataset.turn) >= number) turn.remove();
  const turn = latest();
  if (turn && Number(turn.dataset.turn) >= number) turn.remove();
};

/* What Gradio has put on the page. */
let newest = null;
export const arrived = () => {
  const turn = latest();
  if (!turn) return;
  const number = Number(turn.dataset.turn);
  if (asking?.number === number && turn.hasAttribute("aria-busy") && newest !== number) {
    newest = number;
    turn.scrollIntoView({ block: "start" });
  }
  if (turn.hasAttribute("aria-busy")) {
    if (asking?.number !== number) halted(turn);
    return;
  }
  if (asking?.number === number) finish(turn, number);
};
const finish = (turn, number) => {
  idle();
  newest = null;
  const kept = turn.dataset.kept ? JSON.parse(turn.dataset.kept) : null;
  turns.push({ number, kept });
  remember();
  if (kept) {
    const answer = JSON.parse(kept.answer);
    const strength = word(answer.strength);
    announce(answer.outcome === "answered" ? word("said_answered", { strength, quotations: answer.citations.length }) : word("said_refused"));
  } else announce(turn.innerText.slice(0, 300));
  arrivedHere(turn);
};
const idle = () => {
  asking = null;
  delete root.dataset.busy;
};
const remember = () => {
  const kept = turns.filter((turn) => turn.kept).map((turn) => turn.kept);
  history.save(id, kept);
  if (kept.length) window.history.replaceState(null, "", `#c-${id}`);
};

/* Stopped by the reader. */
const stopped = () => {
  if (!asking) return;
  const { number } = asking;
  idle();
  turns.push({ number, kept: null });
  if (latest()?.hasAttribute("aria-busy")) halted(latest());
  announce(word("stopped"));
  field().focus();
};
const halted = (turn) => {
  turn.removeAttribute("aria-busy");
  find(".searching", turn)?.remove();
  turn.append(element("div", { className: "answer halted" }, element("p", { textContent: word("stopped") }), again()));
};
const again = () => element("div", { className: "actions" },
  element("button", { type: "button", className: "act again" }, element("span", { textContent: word("again") })));

/* The question did not get through: it comes back into its field. */
const failed = () => {
  if (!asking) return;
  const { number, question } = asking;
  idle();
  const turn = latest();
  if (turn && Number(turn.dataset.turn) === number) turn.remove();
  turns.push({ number, kept: null });
  const heading = element("div", { className: "asked" }, element("h2", {}, element("span", { className: "words", textContent: question })));
  const said = element("div", { className: "answer failed" }, element("p", { className: "verdict", textContent: word("offline_turn") }), again());
  const article = element("article", { className: "turn" }, heading, said);
  article.dataset.turn = number;
  past().append(article);
  article.scrollIntoView({ block: "nearest" });
  type(question);
  offline(true);
};
export const offline = (yes) => {
  const line = find(".offline");
  if (!line || line.hidden === !yes) return;
  line.hidden = !yes;
};
export const isOffline = () => find(".offline")?.hidden === false;
export const waiting = () => asking;

export const repeat = (turn) => ask(find(".asked .words", turn).textContent, Number(turn.dataset.turn));
export const edit = (turn) => {
  const head = find(".asked", turn);
  if (find("form", head) || asking) return;
  const area = element("textarea", { value: find(".words", head).textContent, rows: 2, maxLength: 2000, ariaLabel: word("edit") });
  const form = element("form", { className: "editing" }, area,
    element("div", {}, element("button", { type: "submit", className: "primary", textContent: word("edit_ask") }),
      element("button", { type: "button", className: "act cancel", textContent: word("edit_cancel") }),
      element("span", { className: "hint", textContent: turn.nextElementSibling || turn.closest("#past") ? word("edit_drops") : "" })));
  head.append(form);
  head.classList.add("is-edited");
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
};
export const cancelEdit = (form) => {
  const head = form.closest(".asked");
  form.remove();
  head.classList.remove("is-edited");
  find(".edit", head)?.focus();
};
export const submitEdit = (form) => {
  const question = find("textarea", form).value.trim();
  const number = Number(form.closest(".turn").dataset.turn);
  cancelEdit(form);
  if (question) ask(question, number);
};

export const restart = () => {
  if (asking) document.getElementById("stop").click();
  cutFrom(0);
  turns = [];
  id = history.fresh();
  filters.reset();
  window.history.replaceState(null, "", location.pathname + location.search.replace(/[?&]answer=[^&]*/, ""));
  type("");
  field().focus();
};
/* Opens a conversation of the history: the answers are sent to be checked and shown anew. */
export const open = async (which) => {
  restart();
  id = which;
  const found = history.load(which);
  for (const [at, kept] of found.entries()) {
    const response = await send("turn", { ...kept, number: at + 1 });
    if (id !== which) return;
    put(await response.text(), at + 1, response.ok ? kept : null);
  }
  if (found.length) window.history.replaceState(null, "", `#c-${id}`);
  const last = past().lastElementChild;
  last?.scrollIntoView({ block: "start" });
  if (last) arrivedHere(last);
};
/* Opens an answer that was shared. */
export const openShared = async (answer) => {
  const response = await fetch(localised(`shared/${encodeURIComponent(answer)}`));
  put(await response.text(), 1, null, response.ok);
  const turn = past().lastElementChild;
  if (response.ok) remember();
  arrivedHere(turn);
};
const put = (html, number, kept, own = false) => {
  const holder = element("template", { innerHTML: html });
  const turn = find(".turn", holder.content) ?? element("article", { className: "turn" }, holder.content);
  turn.dataset.turn = number;
  const given = kept || !own ? kept : JSON.parse(turn.dataset.kept);
  turn.removeAttribute("data-kept");
  past().append(turn);
  turns.push({ number, kept: given });
};

window.advisor = { begin, failed, stopped };
