/* Explorables in a notebook: frames come from the kernel, through anywidget. */

const PATIENCE = 5000; // milliseconds before we say that the kernel is silent

function asked(model, view) {
  let answer;
  let ticket = 0;

  function hear(reply) {
    if (reply.view === view && reply.ticket === ticket) answer(reply);
  }

  function ask(stops, notice) {
    return new Promise((resolve, reject) => {
      const silence = setTimeout(
        notice,
        PATIENCE,
        "The kernel has not answered yet.  If it has stopped, start it and run this cell again.",
      );
      answer = (reply) => {
        clearTimeout(silence);
        if (reply.error) reject(new Error(reply.error));
        else resolve(reply);
      };
      ticket += 1;
      model.send({ view, ticket, stops });
    });
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
    return () => model.off("msg:custom", hear);
  },
};
