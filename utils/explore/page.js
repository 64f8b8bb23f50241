/* Explorables on a page: frames come from a recording, fetched when the reader comes near, by a
   script element because that works from a disk too.  The page's address holds where the controls
   stand: #one-dimension?learning_rate=1.05 */

const arrivals = {};

window.explorable = (name, recording) => arrivals[name](recording);

function fetched(figure) {
  const inside = figure.querySelector(".explorable-recording");
  if (inside) return Promise.resolve(JSON.parse(inside.textContent));
  return new Promise((resolve, reject) => {
    arrivals[figure.id] = resolve;
    const script = document.createElement("script");
    script.src = figure.dataset.recording;
    script.onerror = () =>
      reject(new Error("The recording of this figure did not arrive: move the control to try again."));
    document.head.append(script);
  });
}

function recorded(figure) {
  let recording;
  let promise;
  const sizes = [...figure.querySelectorAll("[data-words]")].map(
    ({ dataset }) => JSON.parse(dataset.words).length,
  );

  const place = (stops) => stops.reduce((index, stop, i) => index * sizes[i] + stop, 0);

  function frame(from, pull) {
    const stops = pull ? reached(recording.handles[pull.handle], sizes, from, pull.to) : from;
    const at = place(stops);
    const { slots, frames, fragments, captions, caption, definitions, line } = recording;
    recording.definitions = "";
    return {
      layers: slots.map((slot, i) => [slot, fragments[frames[i][at]]]),
      definitions,
      caption: captions[caption[at]],
      places: recording.handles?.map((handle) => placeOf(handle, stops)),
      stops,
      line: line && {
        formula: line.formulas[line.formula[at]],
        words: line.numbers.map((row) => line.words[row[at]]),
      },
    };
  }

  function fetch() {
    promise ??= fetched(figure).then(
      (arrived) => (recording = arrived),
      (error) => {
        promise = undefined;
        throw error;
      },
    );
    return promise;
  }

  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      fetch().catch(() => {});
    },
    { rootMargin: "800px" },
  );
  near.observe(figure);
  figure.addEventListener("focusin", () => fetch().catch(() => {}), { once: true });
  const source = (stops, notice, pull) =>
    recording
      ? frame(stops, pull)
      : excused(fetch(), notice, [[SOON, "The recording of this figure is on its way …"]]).then(() =>
          frame(stops, pull),
        );
  // The last stop of a control at which the picture changes, while the others stand as they do.
  source.last = (stops, axis) => {
    if (!recording) return undefined;
    const at = (stop) => place(stops.map((other, i) => (i === axis ? stop : other)));
    const still = (stop) => recording.frames.every((row) => row[at(stop)] === row[at(stop - 1)]);
    let last = sizes[axis] - 1;
    while (last > 0 && still(last)) last -= 1;
    return last;
  };
  return { source, fetch };
}

function plain(word) {
  return word.replace("\u2212", "-");
}

function nearest(words, wanted) {
  if (words.includes(wanted)) return words.indexOf(wanted);
  const far = words.map((word) => Math.abs(Number(plain(word)) - Number(wanted)));
  return far.indexOf(Math.min(...far)); // −1 where a number is not one
}

function write(id, controls) {
  const query = new URLSearchParams(
    controls.map(({ field, words, stop }) => [field.name, plain(words[stop])]),
  );
  const home = controls.every(({ field, stop }) => stop === Number(field.dataset.start));
  try {
    history.replaceState(history.state, "", home ? `#${id}` : `#${id}?${query}`);
  } catch {
    // Some browsers allow no address to a page from a disk: the figure works without.
  }
}

// A link in the answer beside a figure moves the figure, and not the page under the reader's eyes.
let beside;
const cameFrom = ({ target }) => (beside = target.closest("a") && target.closest(".explored"));
addEventListener("click", cameFrom, { capture: true });

for (const figure of document.querySelectorAll("figure.explorable")) {
  const { source, fetch } = recorded(figure);
  const { controls, turned, show } = wake(figure, source, (all) => write(figure.id, all));
  figure.explorable = { controls, show, fetch }; // for a page's own script: see front.js

  // Who comes by keyboard sees what the control moves, and the caption, where both have room.
  figure.addEventListener("focusin", ({ target }) => {
    const fits = figure.offsetHeight <= 0.9 * innerHeight;
    if (fits && target.matches(":focus-visible")) figure.scrollIntoView({ block: "nearest" });
  });

  pointing(figure, figure.closest("article > section > section") ?? figure);

  const follow = (address) => {
    const [, id, query] = /#([^?]+)\?(.*)$/.exec(address) ?? [];
    if (id !== figure.id) return;
    const wanted = new URLSearchParams(query);
    for (const control of controls) {
      const index = wanted.has(control.field.name)
        ? nearest(control.words.map(plain), wanted.get(control.field.name))
        : -1;
      if (index >= 0) control.stop = index;
    }
    if (!beside?.contains(figure)) figure.scrollIntoView();
    turned();
  };

  // Where the link led, not where the address is: a frame that was late may have written its own.
  addEventListener("hashchange", ({ newURL }) => follow(newURL));
  follow(location.href);
}
