/* What can be done with an answer: copy it, share it by a link, judge it. */
import { announce, element, find, send, word } from "words";
import { keptOf } from "conversation";

const clipboard = async (content, beside) => {
  if (navigator.clipboard) {
    try { return await navigator.clipboard.writeText(content); } catch { /* not allowed here: the old way */ }
  }
  /* Browsers give the clipboard to pages from this machine and to https only; the old way works elsewhere. */
  const field = element("textarea", { value: content });
  beside.after(field);
  field.select();
  document.execCommand("copy");
  field.remove();
};
const confirmed = (button) => {
  const label = find("span", button);
  const before = label.textContent;
  label.textContent = word("copied");
  announce(word("copied"));
  setTimeout(() => { label.textContent = before; }, 1500);
};
export const copy = async (button) => {
  await clipboard(button.dataset.copy, button);
  confirmed(button);
};

const note = (turn, ...content) => {
  const place = find(".thanks", turn);
  place.replaceChildren(...content);
};
export const share = async (button) => {
  const turn = button.closest(".turn");
  let response = null;
  try {
    response = await send("share", keptOf(turn));
  } catch { /* said below */ }
  if (!response?.ok) {
    const said = response ? new DOMParser().parseFromString(await response.text(), "text/html").body.textContent : word("evidence_failed");
    return note(turn, `${word("share_failed")} ${said}`);
  }
  const address = new URL((await response.json()).address, document.baseURI).href;
  await clipboard(address, button);
  confirmed(button);
  note(turn, `${word("shared_at")} `, element("a", { href: address, textContent: address }));
};

export const vote = async (button) => {
  const turn = button.closest(".turn");
  const up = button.classList.contains("up");
  const taken = button.getAttribute("aria-pressed") === "true";
  if (!await cast(turn, taken ? "" : up ? "up" : "down", "")) return;
  for (const other of turn.querySelectorAll(".up, .down")) other.setAttribute("aria-pressed", String(other === button && !taken));
  const form = find(".reasons", turn);
  form.hidden = taken;
  form.dataset.vote = up ? "up" : "down";
  find(".choices", form).hidden = up;
  note(turn, taken ? "" : word("thanks"));
  if (!taken) find(up ? "textarea" : "input", form).focus();
};
export const giveReason = async (form) => {
  const turn = form.closest(".turn");
  const boxes = form.dataset.vote === "up" ? [] : [...form.querySelectorAll("input:checked")].map((box) => box.value);
  const reason = [...boxes, form.elements.words.value.trim()].filter(Boolean).join(". ");
  if (!reason || await cast(turn, form.dataset.vote, reason)) done(form);
};
export const done = (form) => {
  const turn = form.closest(".turn");
  form.hidden = true;
  note(turn, word("thanks"));
  find(`.act.${form.dataset.vote}`, turn).focus();
};
const cast = async (turn, given, reason) => {
  try {
    const response = await send("feedback", { kept: keptOf(turn), vote: given, reason });
    if (response.ok) return true;
  } catch { /* said below */ }
  note(turn, word("not_noted"));
  return false;
};
