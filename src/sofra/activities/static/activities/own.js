// Comforts of the own table: what is typed is kept every few seconds, and all rows are ticked at once.
// Without this file everything works: there is a button to save a draft, and each row has its tick.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (form) {
    const told = form.querySelector("[data-kept]");
    let waiting = 0, sending = false, going = null, gone = false;
    const keep = async () => {
      waiting = 0;
      if (sending) { waiting = setTimeout(keep, 3000); return; }
      sending = true;
      try {
        going = new AbortController();
        const sent = {method: "POST", body: new FormData(form), signal: going.signal};
        const answer = await fetch(form.dataset.autosave, sent);
        const json = answer.headers.get("Content-Type")?.includes("json");
        told.textContent = json ? (await answer.json()).says : form.dataset.offline;
      } catch {
        if (gone) return;
        told.textContent = form.dataset.offline;
        waiting = setTimeout(keep, 10000);
      }
      sending = false;
    };
    form.addEventListener("input", () => { gone = false; if (!waiting) waiting = setTimeout(keep, 3000); });
    form.addEventListener("submit", () => {
      clearTimeout(waiting);  // what is saved now is not to be kept once more behind it
      gone = true;
      going?.abort();
    });
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
