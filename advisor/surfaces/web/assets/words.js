/* Language and theme of the page, and what is said to readers of the screen. */
export const root = document.documentElement;
export const query = new URLSearchParams(location.search);
export const narrow = matchMedia("(max-width: 900px)");
export const find = (selector, within = document) => within.querySelector(selector);
const wording = JSON.parse(document.getElementById("wording").textContent);

/* Private windows may refuse to store; what is chosen then lasts until the page is left. */
export const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
export const store = (name, value) => { try { localStorage.setItem(name, value); return true; } catch { return false; } };

const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
const setCookie = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };

/* Theme: the address decides, else the last choice here or on another screen, else the reader's system. */
const dark = matchMedia("(prefers-color-scheme: dark)");
const themes = ["light", "dark", "system"];
let theme = [query.get("__theme"), cookie("theme")].find((name) => themes.includes(name)) ?? "system";
const applyTheme = () => {
  root.dataset.theme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
  for (const button of document.querySelectorAll(".themes button")) put(button, "aria-pressed", String(button.dataset.theme === theme));
};
export const chooseTheme = (name) => {
  theme = name;
  setCookie("theme", name);
  applyTheme();
};
dark.addEventListener("change", applyTheme);

/* Language of the page: the address, the last choice here or on another screen, the browser. */
const browser = (navigator.languages || []).map((code) => code.slice(0, 2).toLowerCase());
export let language = [query.get("language"), cookie("language"), stored("advisor-language"), ...browser].find((code) => code in wording) || "en";
export const word = (name, values = {}) => wording[language][name].replace(/\{(\w+)\}/g, (place, key) => key in values ? values[key] : place);

const put = (element, attribute, value) => { if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value); };
export const translate = () => {
  put(root, "lang", language);
  applyTheme();
  for (const element of document.querySelectorAll("[data-t]")) {
    if (element.textContent !== word(element.dataset.t)) element.textContent = word(element.dataset.t);
  }
  for (const element of document.querySelectorAll("[data-t-label]")) put(element, "aria-label", word(element.dataset.tLabel));
  for (const element of document.querySelectorAll("[data-t-title]")) put(element, "title", word(element.dataset.tTitle));
  for (const button of document.querySelectorAll(".languages button")) put(button, "aria-pressed", String(button.dataset.language === language));
  const field = find("#question textarea");
  if (field) {
    put(field, "aria-label", word("question"));
    put(field, "placeholder", word("placeholder"));
  }
  for (const [button, name] of [["#send", "ask"], ["#stop", "stop"]]) {
    for (const node of find(button)?.childNodes ?? []) {
      if (node.nodeType === Node.TEXT_NODE && node.data.trim() && node.data !== word(name)) node.data = word(name);
    }
  }
  const log = document.getElementById("log");
  if (log) {
    /* What has happened is said in one sentence of its own (announce): a log that grows by stages would be read over and over. */
    put(log, "role", "log");
    put(log, "aria-live", "off");
    put(log, "aria-label", word("conversation"));
  }
};
export const choose = (code) => {
  language = code;
  store("advisor-language", code);
  setCookie("language", code);
  translate();
};
export const announce = (sentence) => { document.getElementById("announced").textContent = sentence; };

export const element = (name, values = {}, ...children) => {
  const made = Object.assign(document.createElement(name), values);
  made.append(...children);
  return made;
};
/* An address of our own with the language of the page. */
export const localised = (path, values = {}) => `${path}?${new URLSearchParams({ language, ...values })}`;
export const send = (path, data) => fetch(localised(path), {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data),
});
