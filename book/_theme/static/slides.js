// A deck: reveal.js turns the slides, and the figures keep what is theirs, the address and the keys.
"use strict";

const OWN = {  // keys that do something to what has the focus
  "input, select": /./,
  "a, button, summary": /^( |Enter)$/,
};

// Escape gives the keys back to the slides.
function free(event) {
  const focused = document.activeElement;
  const kind = Object.keys(OWN).find((selector) => focused?.matches(selector));
  if (!kind) return true;
  if (event.key !== "Escape") return !OWN[kind].test(event.key);
  focused.blur();
  return false;
}

// A figure that several slides show is on one of them at a time.
function lend(slide) {
  for (const place of slide.querySelectorAll("[data-figure]")) {
    place.append(document.getElementById(place.dataset.figure));
  }
}

// On paper all of them show it, as it stands at first; and a page is as large as the window.
function copy() {
  document.documentElement.style.fontSize = getComputedStyle(document.documentElement).fontSize;
  for (const place of document.querySelectorAll("[data-figure]:empty")) {
    place.append(document.getElementById(place.dataset.figure).cloneNode(true));
  }
}

// Letters are as large as the screen has room for; beside a figure, the room is the figure's.
function fit(slide) {
  const all = (inside) => [slide, ...slide.querySelectorAll(inside)];
  const over = () => all(".explorable").some((box) => box.scrollHeight > box.clientHeight)
    || all(".explorable-line").some((box) => box.scrollWidth > box.clientWidth);
  for (let size = slide.querySelector(".place") ? 100 : 140; size >= 60; size -= 5) {
    slide.style.fontSize = `${size}%`;
    if (!over()) return;
  }
}

function show(slide) {
  lend(slide);
  fit(slide);
}

const deck = new Reveal(document.querySelector(".reveal"), {
  hash: false,
  history: false,
  respondToHashChanges: false,
  disableLayout: true,
  display: "flex",
  keyboardCondition: free,
  navigationMode: "linear",
  controlsTutorial: false,
  overview: false,
  slideNumber: "c/t",
  transition: "none",
  margin: 0,
  center: false,  // slides.css does it
  pdfMaxPagesPerSlide: 1,
  plugins: [RevealNotes],
});

deck.on("slidechanged", ({ currentSlide }) => show(currentSlide));
deck.on("pdf-ready", () => deck.getSlides().forEach(fit));
addEventListener("resize", () => fit(deck.getCurrentSlide()));
if (/print-pdf/.test(location.search)) copy();
deck.initialize().then(() => {
  const named = document.getElementById(location.hash.slice(1).split("?")[0])?.closest(".slides > section");
  if (named) deck.slide(deck.getIndices(named).h);
  show(deck.getCurrentSlide());
});
