// Exercises on the page: judges numbers and choices as utils/judging.py does, with its
// sentences, which come with the form.
"use strict";
{
  // A number as a reader writes it: 0.5, −3, 1e-6, 1/64.  What is none is NaN.
  function number(text) {
    const [above, below = "1", ...rest] = text.replaceAll("\u2212", "-").split("/");
    return above.trim() && below.trim() && !rest.length ? Number(above) / Number(below) : NaN;
  }

  // What stands in a field, in the form of what is right there; undefined if nothing does.
  function read(field, right) {
    const text = field.value.trim();
    if (!text) return undefined;
    if (typeof right === "string") return text;
    const numbers = text.replace(/^[[(]|[\])]$/g, "").split(/[,;\s]+/).filter(Boolean).map(number);
    return Array.isArray(right) || numbers.length !== 1 ? numbers : numbers[0];
  }

  function agree(a, b, { digits, exact }) {
    if (exact && Number.isInteger(b)) return a === b;
    const larger = Math.max(Math.abs(a), Math.abs(b));
    const half = 10 ** (Math.floor(Math.log10(larger)) - digits + 1) / 2;
    return Math.abs(a - b) <= Math.max(half * (1 + 1e-9), 1e-12);
  }

  const near = (a, b) => Math.abs(a - b) <= 0.05 * Math.abs(b) + 1e-8;

  // Whether two answers have one form and all their numbers and words pass.
  function same(a, b, pass) {
    if (Array.isArray(b)) return Array.isArray(a) && a.length === b.length && b.every((each, i) => same(a[i], each, pass));
    return typeof a === typeof b && (typeof b === "string" ? a === b : pass(a, b));
  }

  function judge(got, part, sentences) {
    if (got.some((each) => each === undefined)) return "Not tried yet.";
    if (got.flat().some(Number.isNaN)) return "Not yet: expected numbers, got text.";
    for (const [i, right] of part.right.entries()) {
      const [wanted, given] = [right, got[i]].map((each) => Array.isArray(each) ? each.length : 1);
      if (wanted !== given) return `Not yet: expected ${wanted === 1 ? "one number" : `${wanted} numbers`}, got ${given}.`;
    }
    const exactly = (a, b) => agree(a, b, part);
    if (same(got, part.right, exactly)) return sentences.right;
    const [, named] = part.mistakes.find(([wrong]) => same(got, wrong, exactly)) ?? [];
    if (named) return `Not yet: ${named}.`;
    if (got.some((each) => typeof each === "string")) return `Not yet: ${sentences.again}.`;
    return `Not yet: ${same(got, part.right, near) ? part.near : sentences.different}.`;
  }

  // A comma stands between two numbers; where one is asked for, it was meant as a point.
  function pointed(field, right) {
    return typeof right === "number" && /^[-\u2212]?\d+,\d+$/.test(field.value.trim())
      ? `Not yet: expected a number with a point, ${field.value.trim().replace(",", ".")}.` : undefined;
  }

  for (const [n, form] of document.querySelectorAll("form.exercise").entries()) {
    form.dataset.awake = "";
    const [known, sentences] = JSON.parse(atob(form.dataset.known));
    const parts = [...form.querySelectorAll(".part")];
    const judged = form.querySelector(".judged");
    judged.id = `judged-${n}`;
    form.addEventListener("input", ({ target }) => target.removeAttribute("aria-invalid"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const verdicts = parts.map((part, i) => {
        const fields = [...part.querySelectorAll("input, select")];
        const { right } = known[i];
        const verdict = fields.map((field, k) => pointed(field, right[k])).find(Boolean)
          ?? judge(fields.map((field, k) => read(field, right[k])), known[i], sentences);
        for (const field of fields) {
          field.setAttribute("aria-invalid", verdict.startsWith("Not yet"));
          field.setAttribute("aria-describedby", judged.id);
        }
        return verdict;
      });
      const all = verdicts.every((verdict) => verdict === sentences.right);
      const lines = all ? [sentences.right]
        : verdicts.map((verdict, i) => (parts[i].dataset.part ? `${parts[i].dataset.part}: ${verdict}` : verdict));
      judged.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
    });
  }
}
