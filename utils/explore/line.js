/* The live line under a figure: a formula in the numbers of this state, {formula: MathML, words:
   [number, …]}, or none.  Each element of a number says which one it shows, and where a minus goes:
   "signed" ones leave it to the sign before them, "fenced" ones need brackets around it. */

const MINUS = "\u2212";

function lineUnder(figure) {
  const place = figure.querySelector(".explorable-formula");
  let shown;

  return (line) => {
    if (!place) return;
    place.hidden = !line?.formula;
    if (place.hidden) return;
    if (shown !== line.formula) place.innerHTML = shown = line.formula;
    for (const sign of place.querySelectorAll("[data-sign]")) {
      sign.textContent = line.words[sign.dataset.sign][0] === MINUS ? MINUS : "+";
    }
    for (const number of place.querySelectorAll("[data-slot]")) {
      const { slot, minus } = number.dataset;
      let word = line.words[slot];
      if (minus === "signed") word = word.replace(/^\u2212/, "");
      if (minus === "fenced" && /[\u2212×]/.test(word)) word = `(${word})`;
      number.textContent = word;
    }
  };
}
