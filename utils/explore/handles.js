/* Handles: rings over the picture, where it can be taken in hand.  They are for pointers only: what
   they do, the controls do for the keyboard.  Each goes where its artist is drawn, frame by frame. */

// handles(picture, pulled) returns what puts the rings at their places, in the picture's units.
// pulled({handle, to}) is called while the handle with this number is to come to a place.
function handles(picture, pulled) {
  const room = picture.parentNode;
  let places = JSON.parse(room.dataset.handles ?? "[]");
  let scale;
  let left;
  let top;
  const rings = places.map(ring);

  function ring(_, handle) {
    const ring = room.appendChild(document.createElement("span"));
    let start; // from the pointer to the handle: what was taken beside its middle stays there
    ring.className = "explorable-handle";
    ring.hidden = true;
    ring.setAttribute("aria-hidden", "true");
    ring.addEventListener("pointerdown", (event) => {
      if (event.button || !event.isPrimary) return;
      const [x, y] = places[handle];
      start = [x - event.pageX / scale, y - event.pageY / scale];
      ring.setPointerCapture(event.pointerId);
      ring.dataset.held = "";
    });
    ring.addEventListener("pointermove", (event) => {
      if (!start || !event.isPrimary) return;
      const to = [start[0] + event.pageX / scale, start[1] + event.pageY / scale];
      pulled({ handle, to });
    });
    ring.addEventListener("lostpointercapture", () => {
      start = undefined;
      delete ring.dataset.held;
    });
    return ring;
  }

  function hold(now = places) {
    places = now;
    rings.forEach((ring, i) => {
      ring.hidden = !places[i] || !scale; // the size of the picture is not known at once
      if (ring.hidden) return;
      const [x, y] = places[i];
      ring.style.transform = `translate(${left + scale * x}px, ${top + scale * y}px)`;
    });
  }

  // Measured only where sizes change: a move asks the page for nothing.
  function fit() {
    const drawn = picture.getScreenCTM(); // on a low screen a tall picture is narrower than its box
    const outer = room.getBoundingClientRect();
    scale = drawn?.a;
    left = drawn?.e - outer.left;
    top = drawn?.f - outer.top;
    hold();
  }

  if (rings.length) new ResizeObserver(fit).observe(room);
  return hold;
}

// A recording knows where a handle is at each stop: a table over the controls that change it.
function placeOf({ strides, at }, stops) {
  return at[stops.reduce((sum, stop, i) => sum + stop * strides[i], 0)];
}

// The stops at which it is nearest to a place; of those equally near, the ones with the shortest way.
function reached(handle, sizes, stops, to) {
  const far = (candidate) => {
    const place = placeOf(handle, candidate);
    if (!place) return Infinity;
    const way = candidate.reduce((sum, stop, i) => sum + Math.abs(stop - stops[i]), 0);
    return (place[0] - to[0]) ** 2 + (place[1] - to[1]) ** 2 + 1e-6 * way;
  };
  const along = (i) => (each) =>
    Array.from({ length: sizes[i] }, (_, stop) => Object.assign([...each], { [i]: stop }));
  const candidates = handle.moves.reduce((found, i) => found.flatMap(along(i)), [stops]);
  const near = candidates.map(far);
  return candidates[near.indexOf(Math.min(...near))];
}
