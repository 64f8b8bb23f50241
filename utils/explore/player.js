/* The player of an explorable.  It wakes the native controls of a figure that stands already, and
   puts in place what a source of frames answers: the recording on a page (page.js), the kernel in a
   notebook (live.js).

   source(stops, notice, pull) gets the index of each control's stop and returns, or promises, a
   frame: {layers: [[place, markup], …], definitions: markup, caption: text, line: see line.js,
   places: [[x, y], …]}.  Layers that it leaves out stay as they are.  notice(text) says meanwhile,
   in place of the caption, why there is none.  A pull of a handle (handles.js) asks for the stops
   as well. */

const SVG = "http://www.w3.org/2000/svg";
const REST = 400; // milliseconds without a move, after which the caption is read out
const SOON = 333; // milliseconds that a frame may take without a word

// Wait for a frame, and say why it takes long: each of the texts, when its milliseconds have passed.
async function excused(frame, notice, texts) {
  const timers = texts.map(([wait, text]) => setTimeout(notice, wait, text));
  try {
    return await frame;
  } finally {
    timers.forEach(clearTimeout);
  }
}

function wake(figure, source, moved = () => {}) {
  const picture = figure.querySelector("svg");
  const caption = figure.querySelector(".explorable-caption");
  const work = lineUnder(figure);
  const controls = [...figure.querySelectorAll("[data-words]")].map(control);
  const layers = [...picture.children].filter((child) => child.tagName === "g");
  const shown = [];
  const plays = [];
  const hold = handles(picture, (pull) => {
    halt();
    turned(pull);
  });
  touching(picture, (wanted) => {
    halt();
    for (const each of controls) each.stop = wanted[each.field.name] ?? each.stop;
    turned();
  });
  let pulled;
  let busy = false;
  let again = false;
  let late = false;
  let rest;
  let playing = 0;

  function control(field) {
    const words = JSON.parse(field.dataset.words);
    const list = field.tagName === "SELECT";
    return {
      field,
      words,
      get stop() {
        return list ? field.selectedIndex : Number(field.value);
      },
      set stop(index) {
        if (list) field.selectedIndex = index;
        else field.value = index;
        this.tell();
      },
      tell() {
        if (list) return;
        const word = words[this.stop];
        field.nextElementSibling.value = word;
        field.setAttribute("aria-valuetext", word.replaceAll("\u2212", "minus "));
      },
    };
  }

  // While a control moves, the caption is for the eyes alone.  At rest it comes back as plain text,
  // new to a screen reader, which reads it once.  (Of what changes while aria-busy is set, NVDA
  // never reads anything, and JAWS reads all.)
  function say(text) {
    if (caption.textContent !== text) (caption.firstElementChild ?? caption).textContent = text;
  }

  // Nor is it live before: Chromium reads a live region out as it arrives, so a page began with the
  // captions of figures far below.
  function hush() {
    caption.setAttribute("aria-live", "polite");
    if (caption.firstElementChild) return;
    const seen = document.createElement("span");
    seen.setAttribute("aria-hidden", "true");
    seen.textContent = caption.textContent;
    caption.replaceChildren(seen);
  }

  function aloud(text = caption.textContent) {
    if (caption.firstElementChild || caption.textContent !== text) caption.textContent = text;
  }

  function place(index, markup) {
    if (shown[index] === markup) return;
    while (layers.length <= index) {
      layers.push(picture.appendChild(document.createElementNS(SVG, "g")));
    }
    layers[index].innerHTML = shown[index] = markup;
  }

  // The picture alone is marked as busy, not the words: NVDA would never read them.
  function notice(text) {
    late = true;
    picture.parentNode.setAttribute("aria-busy", "true");
    if (rest) say(text);
    else aloud(text);
  }

  // One question at a time: whatever was turned meanwhile is asked together, afterwards.  Once the
  // reader has been told to wait, the word stands until the last answer.
  async function show() {
    again = busy;
    if (busy) return;
    busy = true;
    do {
      let text;
      const pull = pulled;
      again = false;
      pulled = undefined;
      try {
        let frame = source(controls.map((each) => each.stop), notice, pull);
        if (frame.then) frame = await frame;
        if (pull && (pulled || !again)) {
          frame.stops.forEach((stop, i) => (controls[i].stop = stop));
        }
        if (frame.definitions) {
          picture.querySelector("defs").insertAdjacentHTML("beforeend", frame.definitions);
        }
        for (const [index, markup] of frame.layers) place(index, markup);
        hold(frame.places);
        work(frame.line);
        text = frame.caption;
      } catch (error) {
        text = error.message;
      }
      if (!again || !late) say(text);
    } while (again);
    busy = late = false;
    picture.parentNode.removeAttribute("aria-busy");
    if (!rest) aloud();
  }

  function turned(pull) {
    pulled = pull;
    hush();
    clearTimeout(rest);
    rest = setTimeout(calm, REST);
    show();
  }

  // What plays is not at rest between two steps, however slow.
  function calm() {
    rest = playing ? setTimeout(calm, REST) : undefined;
    if (rest) return;
    if (!busy || late) aloud();
    moved(controls);
  }

  function halt() {
    for (const stop of plays) stop();
  }

  function player(button) {
    const axis = controls.find(({ field }) => field.parentNode === button.parentNode);
    const length = axis.words.length - 1;
    // Where the source knows after which stop nothing changes, nobody has to watch that.
    const last = () =>
      source.last?.(controls.map((each) => each.stop), controls.indexOf(axis)) ?? length;
    const play = button.getAttribute("aria-label");
    let request;
    const label = (text) => {
      button.textContent = text;
      button.setAttribute("aria-label", play.replace("Play through", text === "Play" ? "$&" : text));
    };
    const stop = () => {
      if (request) playing -= 1;
      cancelAnimationFrame(request);
      request = undefined;
      label("Play");
    };
    button.addEventListener("click", () => {
      if (request) return stop();
      const from = axis.stop < last() ? axis.stop : 0;
      const begun = performance.now();
      const step = (now) => {
        const gone = Math.max(0, now - begun) / 1000 / button.dataset.seconds;
        const end = last();
        const next = Math.min(end, from + Math.floor(gone * length));
        if (next !== axis.stop) {
          axis.stop = next;
          turned();
        }
        if (next < end) request = requestAnimationFrame(step);
        else stop();
      };
      label("Pause");
      playing += 1;
      request = requestAnimationFrame(step);
    });
    plays.push(stop);
  }

  for (const each of controls) {
    each.tell();
    each.field.addEventListener("input", () => {
      if (each.field.parentNode.querySelector(".explorable-play")) halt();
      each.tell();
      turned();
    });
  }
  figure.querySelectorAll(".explorable-play").forEach(player);
  figure.querySelector(".explorable-reset").addEventListener("click", () => {
    halt();
    for (const each of controls) each.stop = Number(each.field.dataset.start);
    turned();
  });
  figure.dataset.awake = "";
  return { controls, turned, show };
}
