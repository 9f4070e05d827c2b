/* Who is signed in, and the way out, in the header of the chat; the other screens have it from the server. */
"use strict";
(() => {
  const visitor = document.querySelector('meta[name="visitor"]');
  if (!visitor) return;
  const words = JSON.parse(document.getElementById("wording").textContent);
  const word = (name) => (words[document.documentElement.lang] || words.en)[name];
  const made = (name, values) => Object.assign(document.createElement(name), values);

  function build() {
    const form = made("form", { method: "post", action: "/sign-out", className: "account" });
    const who = made("span", { className: "who", textContent: visitor.content, title: word(visitor.dataset.role) });
    const proof = made("input", { type: "hidden", name: "form", value: visitor.dataset.proof });
    form.append(who, proof, made("button", { className: "sign-out", textContent: word("sign_out") }));
    return form;
  }

  function settle() {
    const top = document.querySelector("header.top");
    if (!top) return;
    if (!top.querySelector("form.account")) top.append(build());
    const leave = top.querySelector(".sign-out");
    if (leave.textContent !== word("sign_out")) leave.textContent = word("sign_out");
    if (visitor.dataset.role !== "analyst") for (const link of top.querySelectorAll('a[href$="/documents"]')) link.hidden = true;
  }

  // Gradio puts the header into the page when it is ready, and our own script changes the language.
  new MutationObserver(settle).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["lang"] });
  settle();
})();
