/* Touch: what is drawn chooses the stop of a control.  The control does the same for the keyboard. */

const FINGER = 22; // pixels that a touch may miss by

// touching(picture, choose): choose({control: stop}) is called with what a touch sets.
function touching(picture, choose) {
  const table = JSON.parse(picture.parentNode.dataset.touch ?? "{}");
  const own = (target) => table[target.closest("[data-gid]")?.dataset.gid];

  function nearest({ clientX, clientY }) {
    const far = (element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      return Math.hypot((left + right) / 2 - clientX, (top + bottom) / 2 - clientY);
    };
    const drawn = [...picture.querySelectorAll("[data-gid]")].filter(own);
    const near = drawn.map(far);
    const least = Math.min(...near);
    return least < FINGER ? own(drawn[near.indexOf(least)]) : undefined;
  }

  picture.addEventListener("click", (event) => {
    const wanted = own(event.target) ?? nearest(event);
    if (wanted) choose(wanted);
  });
  picture.addEventListener("pointerover", ({ target }) => {
    picture.style.cursor = own(target) ? "pointer" : "";
  });
}
