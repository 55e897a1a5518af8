// Comforts of the own table: what is typed is kept every few seconds, and all rows are ticked at once.
// Without this file everything works: there is a button to save a draft, and each row has its tick.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (form) {
    const told = form.querySelector("[data-kept]");
    let waiting = 0, sending = false;
    const keep = async () => {
      waiting = 0;
      if (sending) { waiting = setTimeout(keep, 3000); return; }
      sending = true;
      try {
        const answer = await fetch(form.dataset.autosave, {method: "POST", body: new FormData(form)});
        told.textContent = answer.headers.get("Content-Type")?.includes("json") ? (await answer.json()).says : form.dataset.offline;
      } catch {
        told.textContent = form.dataset.offline;
        waiting = setTimeout(keep, 10000);
      }
      sending = false;
    };
    form.addEventListener("input", () => { if (!waiting) waiting = setTimeout(keep, 3000); });
    form.addEventListener("submit", () => clearTimeout(waiting));
  }
  const all = document.querySelector("[data-tick-all]");
  if (all) {
    all.hidden = false;
    all.querySelector("button").addEventListener("click", () => {
      const ticks = [...document.querySelectorAll("input[name=row][form=bulk]")];
      const on = ticks.some((tick) => !tick.checked);
      ticks.forEach((tick) => { tick.checked = on; });
    });
  }
})();
