// Comforts of filling in: what is typed is saved a moment later, other questions appear where an answer asks for them,
// long lists can be searched, and a phone may write its position. Without this file every step works by its button.
(() => {
  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const told = form.querySelector("[data-kept]");
  let waiting = 0, sending = false, again = false, gone = false, files = false, edits = 0;

  const say = (words, care) => { told.textContent = words; told.classList.toggle("care", !!care); };

  // Blocks that look the same stay as they are, with what is being typed in them; others come, go or are drawn anew.
  const sync = (old, fresh) => {
    let next = old.firstElementChild;
    const wanted = [...fresh.children], ids = new Set(wanted.map((one) => one.id));
    for (const one of wanted) {
      while (next && !ids.has(next.id)) { const gone_ = next; next = next.nextElementSibling; gone_.remove(); }
      if (next && next.id === one.id) {
        const inner = next.querySelector(":scope > [data-nodes]"), other = one.querySelector(":scope > [data-nodes]");
        const here = next;
        next = next.nextElementSibling;
        if (inner && other && here.dataset.node === one.dataset.node) sync(inner, other);
        else if (here.dataset.node !== one.dataset.node) {
          const id = here.contains(document.activeElement) ? document.activeElement.id : "";
          here.replaceWith(one);
          dress(one);
          if (id) document.getElementById(id)?.focus();
        }
      } else { old.insertBefore(one, next); dress(one); }
    }
    while (next) { const rest = next; next = next.nextElementSibling; rest.remove(); }
  };

  const keep = async () => {
    waiting = 0;
    if (sending) { again = true; return; }
    sending = true;
    const at = edits, body = new FormData(form), withFiles = files;
    files = false;
    if (!withFiles) for (const field of form.querySelectorAll("input[type=file]")) body.delete(field.name);
    try {
      const answer = await fetch(form.dataset.keep, {method: "POST", body, headers: {"X-Requested-With": "fetch"}});
      if (!answer.headers.get("Content-Type")?.includes("json")) throw new Error("no answer");
      const json = await answer.json();
      if (gone) return;
      say(json.says, json.conflict);
      for (const mark of form.querySelectorAll("input[name=q]")) {
        const path = mark.value.split(" ")[0];
        if (json.seals && path in json.seals) mark.value = path + " " + json.seals[path];
      }
      if (json.html && (edits === at || withFiles)) {
        form.elements.shape.value = json.shape;
        const fresh = document.createElement("div");
        fresh.innerHTML = json.html;
        sync(form.querySelector("[data-nodes]"), fresh);
      }
    } catch {
      if (!gone) { say(form.dataset.offline, true); files = files || withFiles; waiting = setTimeout(keep, 8000); }
    }
    sending = false;
    if (again && !gone) { again = false; waiting = setTimeout(keep, 200); }
  };

  const soon = (time) => { gone = false; edits += 1; clearTimeout(waiting); waiting = setTimeout(keep, time); };
  form.addEventListener("input", (event) => { if (event.target.name) soon(1200); });
  form.addEventListener("change", (event) => {
    if (!event.target.name) return;
    if (event.target.type === "file") files = true;
    soon(event.target.matches("select, input[type=radio], input[type=checkbox], input[type=file]") ? 150 : 400);
  });
  form.addEventListener("submit", () => { clearTimeout(waiting); gone = true; });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const searched = (list) => {
    const field = document.createElement("input");
    field.type = "search";
    field.className = "search-list";
    field.placeholder = form.dataset.search;
    field.setAttribute("aria-label", form.dataset.search);
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    list.before(field);
    const all = list.tagName === "SELECT" ? [...list.options] : [...list.children];
    field.addEventListener("input", (event) => {
      event.stopPropagation();
      const words = plain(field.value.trim());
      for (const one of all) {
        const fits = !words || plain(one.textContent).includes(words);
        if (list.tagName !== "SELECT") { one.hidden = !fits && !one.querySelector("input").checked; continue; }
        if (fits || one.selected || !one.value) { if (!one.isConnected) list.append(one); } else one.remove();
      }
      if (list.tagName === "SELECT") for (const one of all) if (one.isConnected) list.append(one);
    });
  };

  const placed = (halves) => {
    if (!navigator.geolocation) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small secondary";
    button.textContent = form.dataset.here;
    const line = document.createElement("p");
    line.append(button);
    halves.after(line);
    button.addEventListener("click", () => navigator.geolocation.getCurrentPosition((found) => {
      const [north, east] = halves.querySelectorAll("input");
      north.value = found.coords.latitude.toFixed(6);
      east.value = found.coords.longitude.toFixed(6);
      soon(150);
    }, () => say(form.dataset.nowhere, true), {enableHighAccuracy: true, timeout: 20000}));
  };

  const dress = (root) => {
    for (const list of root.querySelectorAll("[data-long]")) searched(list);
    for (const halves of root.querySelectorAll("[data-point]")) placed(halves);
    for (const line of root.querySelectorAll("p.clear")) {
      const radios = line.closest(".field").querySelectorAll("input[type=radio]");
      line.hidden = ![...radios].some((one) => one.checked);
      for (const one of radios) one.addEventListener("change", () => { line.hidden = false; });
      line.querySelector("button").addEventListener("click", () => {
        for (const one of radios) one.checked = false;
        line.hidden = true;
        soon(150);
      });
    }
  };
  dress(form);
})();
