/* Explorables in a notebook: frames come from the kernel, through anywidget. */

// A kernel that was started anew knows this figure no more, nor the names that its cell needs.
const EXCUSES = [
  [SOON, "Computing …"],
  [
    5000,
    "The kernel has not answered yet.  If it has stopped or been restarted, run all cells again, " +
      "from the first one on.",
  ],
];

function asked(model, view) {
  let answer;
  let ticket = 0;

  function hear(reply) {
    if (reply.view === view && reply.ticket === ticket) answer(reply);
  }

  function ask(stops, notice, pull) {
    const reply = new Promise((resolve, reject) => {
      answer = (reply) => (reply.error ? reject(new Error(reply.error)) : resolve(reply));
    });
    ticket += 1;
    model.send({ view, ticket, stops, pull });
    return excused(reply, notice, EXCUSES);
  }

  return { hear, ask };
}

export default {
  render({ model, el }) {
    el.innerHTML = model.get("_markup");
    const { hear, ask } = asked(model, Math.random().toString(36).slice(2));
    // In JupyterLab arrow keys would leave the cell, and letters would edit it.
    for (const field of el.querySelectorAll("input, select, button")) {
      field.dataset.lmSuppressShortcuts = "true";
    }
    model.on("msg:custom", hear);
    wake(el.firstElementChild, ask);
    pointing(el.firstElementChild, el.firstElementChild);
    return () => model.off("msg:custom", hear);
  },
};
