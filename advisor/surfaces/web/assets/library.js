/* The library of the analysts: files sent one by one with their progress, and the work on the library watched live.
   Without this script the same forms send everything at once, and a reload shows how far the work is. */
"use strict";
(() => {
  const upload = document.getElementById("upload");
  const made = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  /* Watching */
  let shown = null;
  let sending = 0;

  async function renew() {
    // The page as it is now; what the reader is typing stays.
    const reply = await fetch(location.pathname + location.search, { headers: { accept: "text/html" } });
    if (!reply.ok) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    for (const button of document.querySelectorAll("button[data-busy]")) button.disabled = false;
    for (const id of document.getElementById("work") ? ["work", "held", "waiting"] : ["status"]) {
      const old = document.getElementById(id);
      const young = fresh.getElementById(id);
      if (old && young) old.replaceWith(document.adoptNode(young));
      else if (old) old.remove();
    }
  }

  async function watch() {
    const place = document.getElementById("status");
    if (!place) return;
    try {
      const reply = await fetch("/documents/status", { headers: { accept: "application/json" } });
      if (reply.status === 401) return location.reload();
      const now = await reply.json();
      if (place.dataset.running === "true" && !now.running) await renew();
      else if (now.running) {
        if (place.dataset.running !== "true") await renew();
        const current = document.getElementById("status");
        if (now.html !== shown) current.innerHTML = now.html; // our own escaped HTML
        shown = now.html;
      }
    } catch {
      // The program is not there at the moment; the next look may find it again.
    }
    setTimeout(watch, document.getElementById("status")?.dataset.running === "true" ? 700 : 4000);
  }
  watch();

  /* Sending */
  if (!upload) return;
  const field = upload.querySelector("input[type=file]");
  const list = document.getElementById("sent");
  const proof = upload.querySelector("input[name=form]").value;
  const limit = Number(upload.dataset.limit) * 1024 * 1024;
  const queue = [];
  upload.classList.add("scripted");

  function line(file) {
    const item = made("li");
    const bar = made("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const note = made("span", "note", upload.dataset.sending);
    item.append(made("span", "file", file.name), bar, note);
    list.append(item);
    return { item, bar, note };
  }

  function ended(at, kind, said, foreign) {
    at.bar.remove();
    at.item.classList.add(kind);
    at.note.textContent = said;
    if (foreign) at.note.lang = "en";
  }

  function send(file, at) {
    return new Promise((resolve) => {
      if (file.size > limit) {
        ended(at, "bad", upload.dataset.large);
        return resolve(false);
      }
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append("file", file, file.name);
      request.open("POST", upload.getAttribute("action"));
      request.setRequestHeader("X-Form", proof);
      request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) at.bar.value = event.loaded / event.total; });
      request.upload.addEventListener("load", () => {
        at.bar.removeAttribute("value");
        at.note.textContent = upload.dataset.reading;
      });
      request.addEventListener("error", () => { ended(at, "bad", upload.dataset.lost); resolve(false); });
      request.addEventListener("load", () => {
        let said = {};
        try { said = JSON.parse(request.responseText); } catch { said = { error: request.responseText.slice(0, 300) || upload.dataset.lost }; }
        if (said.error) { ended(at, "bad", said.error, true); return resolve(false); }
        const facts = [upload.dataset.kept, said.title, said.language.toUpperCase()];
        if (said.pages) facts.push(`${said.pages} ${upload.dataset.pages}`);
        if (said.replaced) facts.push(upload.dataset.replaced);
        ended(at, "good", facts.filter(Boolean).join(" · "));
        resolve(true);
      });
      request.send(form);
    });
  }

  async function work() {
    if (sending) return;
    sending = 1;
    let kept = 0;
    while (queue.length) {
      const [file, at] = queue.shift();
      if (await send(file, at)) kept += 1;
    }
    sending = 0;
    if (kept) {
      // What the new files would change is looked up at once.
      await fetch("/documents/plan", { method: "POST", headers: { "X-Form": proof }, redirect: "manual" }).catch(() => null);
      await renew();
    }
  }

  function take(files) {
    for (const file of files) queue.push([file, line(file)]);
    work();
  }

  field.addEventListener("change", () => { take([...field.files]); field.value = ""; });
  upload.addEventListener("submit", (event) => { event.preventDefault(); take([...field.files]); field.value = ""; });
  const drop = upload.querySelector(".drop");
  for (const name of ["dragenter", "dragover"]) {
    upload.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) upload.addEventListener(name, () => drop.classList.remove("over"));
  upload.addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
  // A file dropped beside the place must not take the page away.
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
})();
