/* What a letter names in a figure: pointed at in a formula, it stands out there, and the other way
   round.  An artist says by its gid what it is: w1, ρ, y_hat; w stands for w1 and w2, too.  This is a
   help for the eye alone, and says nothing that the text does not say. */

// Return what a part of a formula is called: the number of a live line, or a letter with its index.
function nameOf(part) {
  const number = part.closest("[data-of]");
  if (number) return number.dataset.of;
  let thing = part.closest("mi, mtext");
  if (!thing) return "";
  let name = thing.textContent;
  if (thing.parentNode.tagName === "mover") {
    thing = thing.parentNode;
    name += "_hat";
  }
  const indexed = thing.parentNode.tagName.startsWith("msub") && thing.nextElementSibling;
  return indexed ? name + thing.nextElementSibling.textContent : name;
}

function family(name) {
  return name.replace(/\d+$/, "");
}

function pointing(figure, around) {
  const picture = figure.querySelector("svg");
  let pointed = [];

  function clear() {
    picture.classList.remove("pointing");
    for (const each of pointed) each.classList.remove("pointed");
    pointed = [];
  }

  function artists(name) {
    return [...picture.children].filter((layer) => layer.querySelector(`[data-gid="${CSS.escape(name)}"]`));
  }

  around.addEventListener("pointerover", ({ target }) => {
    clear();
    const drawn = target.closest("[data-gid]")?.dataset.gid;
    const name = drawn ?? nameOf(target);
    if (!name) return;
    const layers = [name, family(name)].map(artists).find((found) => found.length);
    if (!layers) return;
    const letters = [...around.querySelectorAll("math :is(mi, mtext, [data-of])")].filter((part) => {
      const its = nameOf(part);
      return its === name || (drawn && family(its) === name);
    });
    if (!letters.length) return;
    pointed = [...layers, ...letters];
    picture.classList.add("pointing");
    for (const each of pointed) each.classList.add("pointed");
  });
  around.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse") clear(); // a finger leaves with each tap
  });
}
