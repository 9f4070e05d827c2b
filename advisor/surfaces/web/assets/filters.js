/* What part of the library is asked: the dialog, what is chosen in it, and the chips above the question. */
import { element, find, localised, word } from "words";

const empty = () => ({ works: [], languages: [], years: [null, null], topics: [] });
let only = empty();
let labels = {};

const dialog = () => document.getElementById("filters");
const form = () => document.getElementById("filter-form");
export const chosen = () => only.works.length || only.languages.length || only.topics.length || only.years.some((year) => year !== null) ? only : null;

export const open = async () => {
  dialog().showModal();
  try {
    const response = await fetch(localised("filters"));
    if (!response.ok) throw new Error(String(response.status));
    form().innerHTML = await response.text();
  } catch {
    form().replaceChildren(element("p", { className: "detail", textContent: word("filter_failed") }));
  }
  fill();
};
const fill = () => {
  for (const box of form().querySelectorAll("input[type=checkbox]")) box.checked = only[box.name].includes(box.value);
  for (const [at, name] of ["first", "last"].entries()) {
    const field = form().elements[name];
    if (field) field.value = only.years[at] ?? "";
  }
};
export const apply = () => {
  const fields = form().elements;
  const year = (name) => fields[name]?.value ? Number(fields[name].value) : null;
  let years = [year("first"), year("last")];
  if (years[0] !== null && years[1] !== null && years[0] > years[1]) years = [years[1], years[0]];
  only = empty();
  labels = {};
  only.years = years;
  for (const box of form().querySelectorAll("input[type=checkbox]:checked")) {
    only[box.name].push(box.value);
    labels[`${box.name}:${box.value}`] = box.dataset.label;
  }
  dialog().close();
  render();
};
export const clear = () => {
  for (const box of form().querySelectorAll("input[type=checkbox]")) box.checked = false;
  for (const field of form().querySelectorAll("input[type=number]")) field.value = "";
};
export const reset = () => { only = empty(); render(); };
export const narrowTo = (words) => {
  const wanted = words.trim().toLocaleLowerCase();
  for (const label of form().querySelectorAll(".boxes.works label")) label.hidden = !label.textContent.toLocaleLowerCase().includes(wanted);
};

const span = (first, last) => {
  if (last === null) return word("years_from", { year: first });
  if (first === null) return word("years_to", { year: last });
  return first === last ? String(first) : `${first}–${last}`;
};
/* One chip for each thing chosen; pressing it takes it out. */
export const render = () => {
  const chips = [];
  const add = (label, out) => chips.push(element("li", {}, element("button", {
    type: "button", ariaLabel: word("filter_remove", { label }), onclick: () => { out(); render(); find(".act.filter").focus(); },
  }, label, element("span", { textContent: "×", ariaHidden: "true" }))));
  for (const name of ["topics", "works", "languages"]) {
    for (const value of only[name]) {
      const label = name === "languages" ? word(`sources_${value}`) : labels[`${name}:${value}`];
      add(label, () => { only[name] = only[name].filter((other) => other !== value); });
    }
  }
  const [first, last] = only.years;
  if (first !== null || last !== null) add(span(first, last), () => { only.years = [null, null]; });
  find(".chosen").replaceChildren(...chips);
};
