// The list of periods as a slider. Without this script the list is what one uses; with it, it stays below the slider.
"use strict";
const nav = document.querySelector("nav[data-slider]");
const links = nav ? [...nav.querySelectorAll("a")] : [];
if (links.length > 2) {
  const label = document.createElement("label");
  const words = document.createElement("output");
  const slider = document.createElement("input");
  label.className = "slider";
  slider.type = "range";
  slider.max = links.length - 1;
  slider.value = Math.max(links.findIndex((link) => link.hasAttribute("aria-current")), 0);
  const tell = () => {
    const text = links[slider.value].textContent;
    words.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  };
  const show = async () => {
    const link = links[slider.value];
    try {
      const answer = await fetch(link.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector(".with-filters");
      if (!answer.ok || !found) throw new Error(answer.statusText);
      if (link !== links[slider.value]) return; // moved on meanwhile
      document.querySelector(".with-filters").replaceWith(found);
      links.forEach((one) => one.removeAttribute("aria-current"));
      link.setAttribute("aria-current", "page");
      history.replaceState(null, "", link.href);
    } catch {
      location.assign(link.href);
    }
  };
  slider.addEventListener("input", tell);
  slider.addEventListener("change", show);
  tell();
  label.append(nav.dataset.slider, " ", slider, " ", words);
  nav.prepend(label);
}
