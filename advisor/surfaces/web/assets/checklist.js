/* The checklist saves each line as soon as it is changed. Without this script every line has a button to save. */
"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const pending = new Set();

  const say = (form, name) => {
    const state = form.querySelector(".state");
    state.textContent = name ? state.dataset[name] : "";
    state.classList.toggle("failed", name === "failed");
  };

  const show = (form, line, now) => {
    form.elements.version.value = now.version;
    line.dataset.status = now.status;
    document.getElementById("share").textContent = now.share;
    document.getElementById("sentence").textContent = now.sentence;
    const total = Object.values(now.progress).reduce((sum, number) => sum + number, 0) || 1;
    let at = 0;
    for (const status of ["done", "not_for_us"]) {
      const bar = document.querySelector(`[data-bar="${status}"]`);
      const width = (100 * now.progress[status]) / total;
      bar.setAttribute("x", at);
      bar.setAttribute("width", width);
      at += width;
    }
    for (const [status, number] of Object.entries(now.progress)) document.querySelector(`[data-number="${status}"]`).textContent = number;
  };

  // One request a line at a time: each needs the version that the one before it made.
  const save = async (form) => {
    const line = form.closest(".line");
    if (form.saving) {
      form.again = true;
      return;
    }
    form.saving = true;
    pending.add(form);
    say(form, "saving");
    try {
      const reply = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(new FormData(form)),
      });
      if (reply.status === 409) {
        pending.delete(form);
        form.submit(); // the server shows both sides of the clash
        return;
      }
      if (!reply.ok) throw new Error(String(reply.status));
      show(form, line, await reply.json());
      pending.delete(form);
      say(form, "saved");
    } catch {
      say(form, "failed");
    } finally {
      form.saving = false;
    }
    if (form.again) {
      form.again = false;
      await save(form);
    }
  };

  for (const form of document.querySelectorAll(".line form")) {
    form.addEventListener("change", () => save(form));
    form.addEventListener("input", (event) => {
      if (event.target.name !== "status") {
        pending.add(form);
        say(form, "");
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      save(form);
    });
  }
  addEventListener("beforeunload", (event) => {
    if (pending.size) event.preventDefault();
  });
})();
