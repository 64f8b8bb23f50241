// Predict, commit, see: keeps what the reader answered, and says it where the answer is.
// Nothing waits for an answer, and without this script the question is a list to read.
"use strict";
{
  const KEY = "predictions";
  let answers = {};  // question → words; of this page alone where the browser keeps nothing

  function read() {
    try { answers = JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch {}
  }

  function keep(question, words) {
    read();  // another page may have written meanwhile
    answers[question] = words;  // without words it is left out
    const text = JSON.stringify(answers);
    try {
      if (text === "{}") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, text);
    } catch {}
  }

  // While the answer is read on a narrow screen, a small copy of the figure stays in sight.  It is
  // the picture itself, drawn once more: what moves there moves here.
  function copy(figure, fold) {
    const picture = figure.querySelector("svg");
    picture.id ||= `${figure.id}-picture`;
    const box = document.createElement("div");
    box.className = "small-copy";
    box.setAttribute("aria-hidden", "true");
    box.innerHTML = `<svg viewBox="${picture.getAttribute("viewBox")}"><use href="#${picture.id}" width="100%" height="100%"/></svg>`;
    fold.querySelector("summary").after(box);
  }

  for (const explored of document.querySelectorAll(".explored")) {
    explored.dataset.awake = "";
    const figure = explored.querySelector("figure.explorable");
    const fold = explored.querySelector(".answered > details");
    const question = explored.querySelector(".question");
    const beside = matchMedia("(min-width: 75rem)");  // as in predict.css
    const arrange = () => {
      fold.querySelector(".small-copy")?.remove();
      if (fold.open && !beside.matches) copy(figure, fold);
    };
    beside.addEventListener("change", arrange);
    fold.addEventListener("toggle", arrange);
    if (!question) continue;

    const { key, right } = question.dataset;
    const labels = [...question.querySelectorAll("label")];
    const status = question.querySelector("[role=status]");
    const forget = question.querySelector("button");
    const verdict = document.createElement("p");
    verdict.className = "verdict";

    function show() {
      const chosen = labels.findIndex((label) => label.textContent === answers[key]);
      labels.forEach((label, i) => { label.firstChild.checked = i === chosen; });
      forget.hidden = chosen < 0;
      verdict.remove();
      if (chosen < 0) return;
      verdict.replaceChildren("You said: ", labels[chosen].lastChild.cloneNode(true),
        chosen === Number(right) ? ". And so it is." : ". It is not so.");
      fold.querySelector("summary").after(verdict);
    }

    question.addEventListener("change", ({ target }) => {
      keep(key, target.parentNode.textContent);
      status.textContent = "Noted. Now see for yourself. ";
      show();
    });
    // For who does not see that it stands there.
    fold.addEventListener("toggle", () => {
      if (fold.open && verdict.isConnected) status.textContent = `${verdict.textContent} `;
    });
    forget.addEventListener("click", () => {
      keep(key);
      status.textContent = "Forgotten. ";
      labels[0].firstChild.focus();  // the button is about to go
      show();
    });
    read();
    show();
  }
}
