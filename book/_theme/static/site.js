// What a page does besides being read.  Without this script nothing of the text is missing.
"use strict";

// ---- The theme: the system's, light, dark, and round again.  (The head has set it already.)
const root = document.documentElement;
const THEMES = { system: "as the system", light: "light", dark: "dark" };
const themeButton = document.querySelector(".theme-button");
const nameTheme = () =>
  themeButton.setAttribute("aria-label", `Theme: ${THEMES[root.dataset.theme] ?? "as the system"}`);
themeButton.addEventListener("click", () => {
  const names = Object.keys(THEMES);
  root.dataset.theme = names[(names.indexOf(root.dataset.theme) + 1) % names.length];
  try { localStorage.setItem("theme", root.dataset.theme); } catch {}
  nameTheme();
});
nameTheme();

// ---- Contents: close the drawer of a small screen after a choice; mark the section in view.
const contents = document.getElementById("site-contents");
contents.addEventListener("click", (event) => {
  if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
});
contents.addEventListener("focusout", ({ relatedTarget: next }) => {  // nor may it cover what has the focus
  const inside = !next || next.closest("#site-contents, .contents-button");
  if (!inside && contents.matches(":popover-open")) contents.hidePopover();
});
const sectionLinks = new Map();
for (const link of contents.querySelectorAll('li li a[href^="#"]')) {
  const section = link.hash && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (section) sectionLinks.set(section, link);
}
const inView = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) {
      sectionLinks.get(target).setAttribute("aria-current", "location");
      leave(target);
    } else sectionLinks.get(target).removeAttribute("aria-current");
  }
}, { rootMargin: "-25% 0px -74.9% 0px" });  // a line across the page, a quarter of the way down
for (const section of sectionLinks.keys()) inView.observe(section);

// ---- How far down the page is read.
const progress = document.querySelector(".progress");
function mark() {
  const far = root.scrollHeight - innerHeight;
  progress.style.transform = `scaleX(${far > innerHeight ? Math.min(1, scrollY / far) : 0})`;
}
addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });
mark();

// ---- Where a chapter was left, kept in this browser alone: the front page leads back to it.
const [opening] = sectionLinks.keys();
function leave(section) {
  if (section === opening || !document.querySelector(".run")) return;  // at its very beginning, or no chapter
  const [title, words] = [document.querySelector("h1"), section.querySelector("h2")].map((heading) => heading.firstChild.textContent);
  const page = location.pathname.split("/").pop();
  try { localStorage.setItem("left", JSON.stringify({ page, id: section.id, words: `${title}: ${words}` })); } catch {}
}

// ---- A jump within the page needs the true height of all that is above its target.
document.addEventListener("click", (event) => {
  if (event.target.closest('a[href^="#"]')) root.classList.remove("lazy");
}, { capture: true });

// ---- Who comes back from a jump has the focus where they left.
const links = () => [...document.querySelectorAll("article a[href]")];
document.addEventListener("click", (event) => {
  const link = event.target.closest('article a[href^="#"]');
  if (link) history.replaceState({ from: links().indexOf(link) }, "");
});
addEventListener("popstate", ({ state }) => links()[state?.from]?.focus({ preventScroll: true }));

// ---- A link into a closed box opens it.
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let box = target && target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
}
addEventListener("hashchange", openTarget);
openTarget();

// ---- Code: a button that copies it.
for (const code of document.querySelectorAll("article .highlight > pre")) {
  if (code.closest(".cell_output")) continue;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "copy", textContent: "Copy" });
  button.addEventListener("click", async () => {
    button.textContent = await navigator.clipboard.writeText(code.textContent)
      .then(() => "Copied", () => "Not copied");
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  if (navigator.clipboard) code.after(button);  // not there on plain http
}

// ---- Text: its formulas are copied as LaTeX, each whole, where a browser would copy a sign a line.
addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount || document.activeElement?.matches("input, textarea")) return;
  const range = selection.getRangeAt(0).cloneRange();
  const around = (node, selector) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(selector);
  const [first, last] = [range.startContainer, range.endContainer].map((node) => around(node, "math"));
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  let part = range.cloneContents();
  if (!part.querySelector("math")) return;  // the browser does better
  // What is selected within a table or a list is a table or a list.
  for (let box = around(range.commonAncestorContainer, "*"); box && !box.matches("article, body"); box = box.parentElement) {
    const shell = box.cloneNode(false);
    shell.append(part);
    part = shell;
  }
  const copy = document.createElement("div");
  copy.className = "copied";
  copy.append(part);
  for (const other of copy.querySelectorAll("svg, button, select, .headerlink")) other.remove();
  for (const formula of copy.querySelectorAll("math")) {
    const sign = formula.matches(".tml-display") ? "$$" : "$";
    formula.replaceWith(sign + (formula.dataset.tex ?? formula.textContent) + sign);
  }
  for (const cell of copy.querySelectorAll(":is(td, th) > p")) cell.replaceWith(...cell.childNodes);  // a row is a line
  for (const link of copy.querySelectorAll("a[href]")) link.href = link.href;  // leads there from elsewhere too
  document.body.append(copy);  // only what is laid out knows its lines
  event.clipboardData.setData("text/plain", copy.innerText.trim());
  event.clipboardData.setData("text/html", copy.innerHTML);
  copy.remove();
  event.preventDefault();
});

// ---- What scrolls sideways can be reached by keyboard, as it was built; what does not need not be.
const KINDS = [[".equation", "Equation"], ["pre", "Code"], ["table", "Table"]];
const overflow = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth <= target.clientWidth) {
      for (const name of ["tabindex", "role", "aria-label"]) target.removeAttribute(name);
      continue;
    }
    const kind = KINDS.find(([selector]) => target.closest(selector) || target.querySelector(selector));
    target.tabIndex = 0;
    target.setAttribute("role", "group");
    target.setAttribute("aria-label", `${kind ? kind[1] : "Output"}, scrolls sideways`);
  }
});
for (const box of document.querySelectorAll("article :is(.scroll, pre, .cell_output)")) overflow.observe(box);

// ---- References show what they refer to: on hover, on focus, and at the first tap.
const preview = document.createElement("div");
Object.assign(preview, { id: "preview", className: "preview", popover: "manual" });
preview.setAttribute("role", "tooltip");
let shown = null;
let timer = 0;

function excerpt(link) {
  const href = link.getAttribute("href");
  const template = document.querySelector(`template[data-preview="${CSS.escape(href)}"]`);
  if (template) return template.content.cloneNode(true);
  const target = href.startsWith("#") && document.getElementById(decodeURIComponent(href.slice(1)));
  if (!target || link.matches(".headerlink, .equation-number, .contents a, .backrefs a")) return null;
  const box = target.matches("dt") ? target.parentElement.querySelector(`#${CSS.escape(target.id)} ~ dd`)
    : target.matches(".equation, .citation, aside.footnote, figure") ? target : null;
  if (!box) return null;
  const copy = box.cloneNode(true);
  for (const part of copy.querySelectorAll(".headerlink, .backrefs, [role=doc-backlink]")) part.remove();
  for (const part of [copy, ...copy.querySelectorAll("[id]")]) part.removeAttribute("id");
  return copy;
}

function hide() {
  clearTimeout(timer);
  if (!shown) return;
  shown.removeAttribute("aria-describedby");
  shown = null;
  preview.hidePopover();
}

function show(link) {
  hide();
  const content = excerpt(link);
  if (!content) return false;
  link.removeAttribute("title");  // one tip is enough
  preview.replaceChildren(content);
  for (const entry of preview.querySelectorAll(":scope > :is(li, dd)")) entry.replaceWith(...entry.childNodes);  // it has no list here
  document.querySelector("main").append(preview);
  preview.showPopover();
  const line = link.getBoundingClientRect();
  const box = preview.getBoundingClientRect();
  const below = line.bottom + 8 + box.height < innerHeight || line.top < box.height + 8;
  preview.style.left = `${Math.max(8, Math.min(line.left, innerWidth - box.width - 8))}px`;
  preview.style.top = `${below ? line.bottom + 8 : line.top - box.height - 8}px`;
  // A formula read out as plain text is wrong mathematics; the link itself leads to the formula.
  if (!preview.querySelector("math")) link.setAttribute("aria-describedby", "preview");
  shown = link;
  return true;
}

const later = (action, wait) => { clearTimeout(timer); timer = setTimeout(action, wait); };
preview.addEventListener("pointerenter", () => clearTimeout(timer));
preview.addEventListener("pointerleave", () => later(hide, 250));
addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
addEventListener("pointerdown", (event) => { if (shown && !preview.contains(event.target) && event.target.closest("a") !== shown) hide(); });

for (const link of document.querySelectorAll("article a.reference.internal, article a.footnote-reference")) {
  link.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") later(() => show(link), 200); });
  link.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") later(hide, 250); });
  link.addEventListener("focus", () => { if (link.matches(":focus-visible")) show(link); });
  link.addEventListener("blur", hide);
  link.addEventListener("click", (event) => {
    const tap = matchMedia("(hover: none)").matches;
    if (tap && shown !== link && show(link)) event.preventDefault();
    else hide();
  });
}
