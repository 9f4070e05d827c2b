/* The chat's first script: starts the others, and hears what the reader does. */
import * as words from "words";
import * as conversation from "conversation";
import * as evidence from "evidence";
import * as history from "history";
import * as filters from "filters";
import * as actions from "actions";
import * as exporting from "exporting";

const { find, narrow, root } = words;

conversation.onAnswer((turn) => {
  const first = find(".answered .citation", turn);
  /* Beside the conversation there is room to show at once what the first citation looks like. */
  if (first && !narrow.matches) evidence.showCitation(first, false);
  else if (evidence.showing() === "library") evidence.showLibrary();
});

const presses = [
  [".restart", conversation.restart],
  [".skip", () => find("#question textarea").focus()],
  [".languages button", (button) => { words.choose(button.dataset.language); filters.render(); evidence.refresh(); }],
  [".themes button", (button) => words.chooseTheme(button.dataset.theme)],
  [".example", (button) => conversation.ask(button.textContent)],
  [".act.copy", actions.copy],
  [".act.share", actions.share],
  [".act.export", (button) => exporting.open(button.closest(".turn"))],
  [".export-all", () => exporting.open(null)],
  ["#exports .save", exporting.save],
  [".act.again", (button) => conversation.repeat(button.closest(".turn"))],
  [".act.edit", (button) => conversation.edit(button.closest(".turn"))],
  [".act.cancel", (button) => conversation.cancelEdit(button.closest("form"))],
  [".act.up, .act.down", actions.vote],
  [".skip-reason", (button) => actions.done(button.closest("form"))],
  ["#evidence .previous", () => evidence.step(-1)],
  ["#evidence .next", () => evidence.step(1)],
  ["#evidence .back", evidence.showLibrary],
  ["#evidence .close", evidence.close],
  ["#evidence .views button", (button) => evidence.chooseView(button.dataset.view)],
  ["button.history", () => history.open(conversation.current())],
  ["#conversations .open", (button) => { find("#conversations").close(); conversation.open(button.closest("li").dataset.conversation); }],
  ["#conversations .delete", (button) => forget(button.closest("li").dataset.conversation)],
  ["#conversations .delete-all", (button) => { if (history.deleteAll(button)) { find("#conversations").close(); conversation.restart(); } }],
  [".act.filter", filters.open],
  ["#filters .clear", filters.clear],
  [".shut", (button) => button.closest("dialog").close()],
];
const forget = (id) => {
  history.drop(id);
  if (id === conversation.current()) conversation.restart();
  history.render(conversation.current());
  find("#conversations .open, #conversations .shut")?.focus();
};

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest?.(selector);
  const link = on("a.citation");
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.preventDefault();
    /* A click without a pointer came from the keyboard: the reader follows the focus. */
    evidence.showCitation(link, event.detail === 0 || narrow.matches);
    return;
  }
  if (event.target.matches?.("dialog")) return event.target.close();
  for (const [selector, act] of presses) {
    const pressed = on(selector);
    if (!pressed) continue;
    if (pressed.matches("a")) event.preventDefault();
    return act(pressed);
  }
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".editing, .reasons, #filter-form")) return;
  event.preventDefault();
  if (form.matches(".editing")) conversation.submitEdit(form);
  else if (form.matches(".reasons")) actions.giveReason(form);
  else filters.apply();
});
document.addEventListener("input", (event) => { if (event.target.matches("#filters .find")) filters.narrowTo(event.target.value); });
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target.matches(".editing textarea")) {
    event.preventDefault();
    conversation.submitEdit(event.target.form);
  }
  if (event.key !== "Escape" || find("dialog[open]")) return;
  if (event.target.closest?.(".editing")) conversation.cancelEdit(event.target.form);
  else if (evidence.isOpen()) evidence.close();
});

/* While the program does not answer, it is asked now and then whether it is back; a question that hears nothing for long is given up. */
const alive = async () => { try { return (await fetch("health", { cache: "no-store" })).ok; } catch { return false; } };
setInterval(async () => {
  if (conversation.isOffline() && await alive()) conversation.offline(false);
  else if (conversation.waiting() && !await alive()) window.advisor.failed();
}, 4000);

/* Gradio loads the page anew when the program was started again: what was typed is there still. */
addEventListener("pagehide", () => {
  const typed = find("#question textarea")?.value;
  try { typed ? sessionStorage.setItem("advisor-typed", typed) : sessionStorage.removeItem("advisor-typed"); } catch { /* then it is lost */ }
});
const typedBefore = () => { try { return sessionStorage.getItem("advisor-typed"); } catch { return null; } };

/* What Gradio puts on the page arrives piece by piece. */
let started = false;
const start = () => {
  started = true;
  find("#shell")?.remove();
  evidence.showLibrary();
  const typed = typedBefore();
  const shared = words.query.get("answer");
  const before = location.hash.match(/^#c-([0-9a-f]+)$/)?.[1];
  if (shared) conversation.openShared(shared);
  else if (before && history.load(before).length) conversation.open(before);
  if (typed) conversation.type(typed);
};
const arrived = () => {
  words.translate();
  if (!started && find("#evidence") && find("#past") && find("#question textarea")) start();
  if (started) conversation.arrived();
};
new MutationObserver(arrived).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-busy", "data-turn"] });
arrived();
