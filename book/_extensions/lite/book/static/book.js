/* What the book adds to its lab: the way back to its own copy of a chapter, figures that show before
   they run, links that lead to its pages and from them to a cell, and words where something goes
   wrong unseen. */
(() => {
  const settings = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  const lab = new URL(settings.baseUrl, location);

  /** Show the reader a message, read out at once, until they close it. */
  function say(text) {
    const message = document.createElement("div");
    message.setAttribute("role", "alert");
    message.style.cssText =
      "position: fixed; inset: auto 0 0; z-index: 10001; padding: 1rem; text-align: center;" +
      "font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;" +
      "background: #fff4e5; color: #1f2328; border-top: 3px solid #c44601";
    const close = document.createElement("button");
    close.textContent = "Close";
    close.style.cssText = "font: inherit; color: inherit; background: none; padding: 0 0.8em";
    close.onclick = () => message.remove();
    message.append(text, " ", close);
    document.body.append(message);
  }

  /** Say whether the book has a notebook of this name. */
  async function isTheBooks(path) {
    const listing = await (await fetch(new URL("api/contents/all.json", lab))).json();
    return listing.content.some((file) => file.path === path);
  }

  /** Let the figures of a chapter be seen before it has run: JupyterLab trusts no stranger's. */
  async function trust(panel) {
    await panel?.context?.ready;
    if (!panel?.context?.model?.cells || !(await isTheBooks(panel.context.path))) return;
    for (const cell of panel.context.model.cells) cell.trusted = true;
  }

  /** A page of the book sends its reader to a cell: notebooks/index.html?path=…#cell-id=my-rate */
  let sent = new URLSearchParams(location.hash.slice(1)).get("cell-id");

  /** Go there, once. */
  async function goToCell(panel) {
    await panel?.context?.ready;
    const at = panel?.content?.widgets?.findIndex(({ model }) => model.id === sent) ?? -1;
    if (at < 0) return;
    sent = undefined;
    await panel.revealed;
    panel.content.activeCellIndex = at;
    await panel.content.scrollToItem(at, "start");
  }

  /** Put the book's copy of the open chapter in place of the reader's. */
  async function takeTheBooks(app) {
    const panel = app.shell.currentWidget;
    const { path } = panel.context;
    if (!(await isTheBooks(path))) {
      say(`${path} is a notebook of your own; the book has none of that name.`);
    } else if (confirm("Go back to the book’s copy of this chapter?  What you changed in it is lost.")) {
      // Only the reader's copy can be deleted.  What is read next is the book's.
      await app.serviceManager.contents.delete(path);
      await panel.context.revert();
      await trust(panel);
    }
  }

  /** A kernel that did not start rejects whatever it is asked, and JupyterLite tells nobody. */
  function sayThatPythonIsMissing() {
    const kernel = settings.litePluginSettings["@jupyterlite/pyodide-kernel-extension:kernel"];
    const { host } = new URL(kernel.pyodideUrl ?? "https://cdn.jsdelivr.net", location);
    addEventListener("unhandledrejection", function fail({ reason }) {
      if (typeof reason !== "string" || reason.endsWith("was disposed")) return;
      removeEventListener("unhandledrejection", fail);
      say(
        `Python did not start, so no cell can run.  It comes from ${host}: ` +
          `see that you are connected, then load this page again.  (${reason})`,
      );
    });
  }

  /** Without storage the lab works, and forgets. */
  function sayThatNothingIsKept() {
    const forgets = () =>
      say("This browser keeps nothing for this site: download your notebook before you close it.");
    try {
      const probe = indexedDB.open("nnd-probe");
      probe.onsuccess = () => probe.result.close();
      probe.onerror = forgets;
    } catch {
      forgets();
    }
  }

  /** The pages that are not notebooks are on the site, not in the lab. */
  function followLinksToPages() {
    const page = /\/files\/([\w-]+)\.md(#.*)?$/;
    const follow = (event) => {
      const [, name, anchor = ""] = String(event.target.closest?.("a")?.href).match(page) ?? [];
      if (!name) return;
      event.preventDefault();
      event.stopPropagation();
      open(new URL(`../${name}.html${anchor}`, lab), "_blank", "noopener");
    };
    document.addEventListener("click", follow, { capture: true });
  }

  const plugin = {
    id: "nnd-book:plugin",
    autoStart: true,
    activate(app) {
      app.commands.addCommand("book:take", {
        label: "Book’s copy",
        caption: "Put the book’s copy of this chapter in place of yours",
        execute: () => takeTheBooks(app),
      });
      app.shell.currentChanged.connect(() => trust(app.shell.currentWidget));
      app.shell.currentChanged.connect(() => goToCell(app.shell.currentWidget));
      sayThatPythonIsMissing();
      sayThatNothingIsKept();
      followLinksToPages();
    },
  };

  // What webpack would have made of it: a container with one module.
  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB["nnd-book"] = { init() {}, get: async () => () => plugin };
})();
