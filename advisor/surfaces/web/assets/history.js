/* Conversations that survive a restart: kept in this browser, newest first, sealed answers and nothing else. */
import { element, find, store, stored, word, language } from "words";

/* Where readers sign in, each has conversations of their own, also in a browser that several use. */
const owner = find('meta[name="visitor"]')?.content ?? "";
const LIST = `advisor-conversations${owner && `-${owner}`}`;
const MOST = 60;
const name = (id) => `advisor-conversation-${owner && `${owner}-`}${id}`;
const remove = (key) => { try { localStorage.removeItem(key); } catch { /* nothing was stored */ } };
const parsed = (value, otherwise) => { try { return JSON.parse(value) ?? otherwise; } catch { return otherwise; } };

export const list = () => parsed(stored(LIST), []);
export const load = (id) => parsed(stored(name(id)), []);
export const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const save = (id, turns) => {
  if (!turns.length) return drop(id);
  const entry = { id, title: turns[0].asked, when: new Date().toISOString(), turns: turns.length };
  let entries = [entry, ...list().filter((other) => other.id !== id)];
  for (const old of entries.splice(MOST)) remove(name(old.id));
  /* Where the browser has no more room, the oldest go. */
  while (!(store(name(id), JSON.stringify(turns)) && store(LIST, JSON.stringify(entries))) && entries.length > 1) remove(name(entries.pop().id));
};
export const drop = (id) => {
  remove(name(id));
  store(LIST, JSON.stringify(list().filter((other) => other.id !== id)));
};
export const clear = () => {
  for (const entry of list()) remove(name(entry.id));
  remove(LIST);
};

const dialog = () => document.getElementById("conversations");
const when = (iso) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

/* The list in its dialog; `current` is the conversation that is open. */
export const render = (current) => {
  const entries = list();
  const items = entries.map((entry) => element("li", {},
    element("button", { type: "button", className: "open", ariaCurrent: String(entry.id === current) },
      element("span", { className: "title", textContent: entry.title }),
      element("span", { className: "when", textContent: word(entry.turns === 1 ? "history_one" : "history_many", { when: when(entry.when), n: entry.turns }) })),
    element("button", { type: "button", className: "act delete", textContent: word("delete"), ariaLabel: word("delete_this", { title: entry.title }) })));
  items.forEach((item, at) => { item.dataset.conversation = entries[at].id; });
  find(".conversations", dialog()).replaceChildren(...items);
  find(".none", dialog()).hidden = entries.length > 0;
  const all = find(".delete-all", dialog());
  all.hidden = entries.length === 0;
  all.dataset.t = "delete_all";
  all.textContent = word("delete_all");
};
export const open = (current) => {
  render(current);
  dialog().showModal();
};
/* All are deleted at the second press. */
export const deleteAll = (button) => {
  if (button.dataset.t === "delete_all") {
    button.dataset.t = "delete_sure";
    button.textContent = word("delete_sure");
    return false;
  }
  clear();
  return true;
};
