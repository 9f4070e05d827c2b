/* Answers as files: one of them or the whole conversation, in the format that is pressed. */
import { element, find, language, send, word } from "words";
import { answersOf } from "conversation";

const dialog = () => document.getElementById("exports");
const say = (sentence) => { find(".said-of-export", dialog()).textContent = sentence; };
let chosen = null; /* the turn at whose foot the export was opened */

export const open = (turn) => {
  chosen = turn;
  const scope = find("form", dialog()).elements.scope;
  scope.value = turn ? "answer" : "all";
  find("fieldset", dialog()).hidden = !turn || answersOf().length < 2;
  say(answersOf(turn).length ? "" : word("export_nothing"));
  for (const button of dialog().querySelectorAll(".save")) button.disabled = !answersOf(turn).length;
  dialog().showModal();
};
export const save = async (button) => {
  const turn = find("form", dialog()).elements.scope.value === "answer" ? chosen : null;
  const answers = answersOf(turn);
  say("");
  let response = null;
  try {
    response = await send("export", { answers, format: button.dataset.format, language: answers.length === 1 ? answers[0].language : language });
  } catch { return say(word("export_unreached")); }
  if (!response.ok) return say(`${word("export_failed")} ${await reason(response)}`);
  const name = response.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/)?.[1] ?? "export";
  download(await response.blob(), name);
  say(word("export_done", { name }));
};
const reason = async (response) => { try { return (await response.json()).error; } catch { return String(response.status); } };
const download = (content, name) => {
  const address = URL.createObjectURL(content);
  const link = element("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};
