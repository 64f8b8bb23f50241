// The front page: the way back to where the reader left, or a new beginning, and one move of the
// first figure.
"use strict";

// ---- Go on where you left.  (site.js has kept the place, in this browser.)
try {
  const { page, id, words } = JSON.parse(localStorage.getItem("left"));
  if (/^[\w-]+(\.html)?$/.test(page ?? "")) {
    const link = document.createElement("a");
    Object.assign(link, { className: "go-on", href: `${page}#${encodeURIComponent(id)}` });
    link.textContent = `Go on where you left: ${words}`;
    document.querySelector(".start").append(link);
  }
} catch {}  // nothing kept, or nothing may be

// ---- Begin anew: the place, and all answers to "Predict first".  (predict.js has kept those.)
try {
  const KEPT = ["left", "predictions"];
  if (KEPT.some((key) => localStorage.getItem(key))) {
    const line = document.createElement("p");
    line.className = "noted kept";
    line.innerHTML = `<span>This browser keeps your place and your answers.</span> <button type="button">Forget them</button>`;
    const [said, forget] = line.children;
    forget.onclick = () => {
      for (const key of KEPT) localStorage.removeItem(key);
      document.querySelector(".go-on")?.remove();
      forget.remove();
      said.textContent = "Forgotten.";
      said.tabIndex = -1;
      said.focus();  // which says it
    };
    document.querySelector(".start").after(line);
  }
} catch {}

// ---- The slider moves by itself, once, to show that it does: to its low end, to the middle, and back.
// No farther, for what is beyond is asked above the figure.  Whatever the reader does ends it.
const LEGS = 0.8;  // seconds from turn to turn
const HANDS = ["pointerdown", "touchstart", "wheel", "keydown", "input", "click"];  // a screen reader sends the last two alone

async function sweep({ controls: [axis], show, fetch }) {
  const { stop: start, words } = axis;
  const turns = [start, 0, (words.length - 1) >> 1, start];
  let over = false;
  const end = () => { over = true; };
  for (const name of HANDS) addEventListener(name, end, { once: true, capture: true, passive: true });
  await fetch();
  await new Promise((resolve) => setTimeout(resolve, 600));  // one looks first
  const begun = performance.now();
  const step = (now) => {
    if (over) return;
    const gone = Math.max(0, now - begun) / 1000 / LEGS;
    const leg = Math.min(turns.length - 2, Math.floor(gone));
    const part = (1 - Math.cos(Math.PI * Math.min(1, gone - leg))) / 2;
    const stop = Math.round(turns[leg] + part * (turns[leg + 1] - turns[leg]));
    if (stop !== axis.stop) {
      axis.stop = stop;
      show();
    }
    if (gone < turns.length - 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

const figure = document.querySelector("figure.explorable");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
if (figure?.explorable && !location.hash && !still) sweep(figure.explorable).catch(() => {});
