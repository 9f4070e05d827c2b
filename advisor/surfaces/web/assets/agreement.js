/* A sign of the map opens its quotation on the spot; without this script it leads to the place in the document. */
"use strict";
(() => {
  const page = document.getElementById("agreement");
  if (!page) return;
  const dialog = document.createElement("dialog");
  dialog.className = "quote-dialog";
  dialog.setAttribute("aria-labelledby", "quote-heading");
  const heading = document.createElement("h2");
  heading.id = "quote-heading";
  const said = document.createElement("div");
  const buttons = document.createElement("p");
  buttons.className = "choose";
  const read = document.createElement("a");
  read.className = "button";
  read.textContent = page.dataset.read;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "quiet";
  close.textContent = page.dataset.close;
  close.addEventListener("click", () => dialog.close());
  buttons.append(read, close);
  dialog.append(heading, said, buttons);
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  for (const cell of page.querySelectorAll("a.cell")) {
    cell.addEventListener("click", (event) => {
      const quotation = document.getElementById(cell.dataset.quote);
      if (!quotation || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      heading.textContent = cell.getAttribute("aria-label");
      said.replaceChildren(...[...quotation.children].map((child) => child.cloneNode(true)));
      read.href = cell.href;
      dialog.showModal();
      close.focus();
    });
  }
})();
