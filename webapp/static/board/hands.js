// Pointer, wheel and keys on the Gantt: hover, open, grab, pan by drag, zoom, walk.

/** Let a Gantt feel. gantt.on: {hover(stop|null), open(stop), row(person), grab(stop, event)}. */
export function listen(gantt) {
  const { scroller, head, on } = gantt;
  scroller.addEventListener("scroll", () => gantt.fill(), { passive: true });
  scroller.addEventListener("pointerover", (event) => on.hover(stopUnder(gantt, event)));
  scroller.addEventListener("pointerleave", () => on.hover(null));
  scroller.addEventListener("focusin", (event) => on.hover(stopUnder(gantt, event)));
  scroller.addEventListener("keydown", (event) => key(gantt, event));
  scroller.addEventListener("pointerdown", (event) => press(gantt, event));
  scroller.addEventListener("click", (event) => {
    const rowHead = event.target.closest(".row-head");
    if (rowHead) on.row(gantt.day.people.get(Number(rowHead.parentElement.dataset.technician)));
  });
  scroller.addEventListener("wheel", (event) => wheel(gantt, event), { passive: false });
  head.addEventListener("wheel", (event) => wheel(gantt, event), { passive: false });
  head.addEventListener("pointerdown", (event) => drag(gantt, event));
  setInterval(() => gantt.day && gantt.nowLine(), 20000);
}

function stopUnder(gantt, event) {
  const block = event.target.closest?.(".stop");
  const row = block?.closest("[data-technician]");
  return row ? gantt.day.stopOf(Number(block.dataset.visit), Number(row.dataset.technician)) : null;
}

function wheel(gantt, event) {
  const isZoom = event.ctrlKey || gantt.head.contains(event.target);
  if (!isZoom && !event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
  event.preventDefault();
  if (isZoom) gantt.zoom(Math.exp(event.deltaY * 0.0015), gantt.at(event.clientX));
  else gantt.pan(event.deltaX || event.deltaY);
}

function key(gantt, event) {
  const moves = { ArrowDown: () => gantt.walk(1), ArrowUp: () => gantt.walk(-1), ArrowRight: () => gantt.walkStops(1), ArrowLeft: () => gantt.walkStops(-1), "+": () => gantt.zoom(0.7), "-": () => gantt.zoom(1.4) };
  const stop = stopUnder(gantt, event);
  if (event.key === "Enter" && stop) {
    event.preventDefault();
    gantt.on.open(stop);
  } else if (moves[event.key]) {
    event.preventDefault();
    moves[event.key]();
  }
}

function press(gantt, event) {
  if (event.button !== 0 || event.target.closest(".row-head")) return;
  const stop = stopUnder(gantt, event);
  if (stop) gantt.on.grab(stop, event);
  else if (event.pointerType === "mouse") drag(gantt, event);
}

/** Pan by drag: time sideways, rows up and down. */
function drag(gantt, event) {
  if (event.button !== 0) return;
  event.preventDefault();
  gantt.scroller.focus({ preventScroll: true });
  let [x, y] = [event.clientX, event.clientY];
  const move = (next) => {
    gantt.pan(x - next.clientX);
    gantt.scroller.scrollTop += y - next.clientY;
    [x, y] = [next.clientX, next.clientY];
  };
  const end = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    document.body.classList.remove("is-panning");
  };
  document.body.classList.add("is-panning");
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}
