// Draws what the lanes have in the time that is looked at; see lanes.py.
const lanes = document.getElementById("lanes");

function firstFrom(times, time) {
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1; else high = middle;
  }
  return low;
}

function drawn(lane, from, to) {
  const pixel = (to - from) / MAX_DRAWN, x = [], y = [], text = [];
  const last = firstFrom(lane.begin, to);
  // A slice that began before may reach into view.
  let index = Math.max(0, firstFrom(lane.begin, from) - 1);
  const merges = last - index > MAX_DRAWN;
  while (index < last) {
    const begin = lane.begin[index], label = lane.texts[lane.text[index]];
    let end = begin + lane.length[index], count = 1;
    index += 1;
    while (merges && index < last && lane.begin[index] - end <= pixel) {
      end = Math.max(end, lane.begin[index] + lane.length[index]);
      count += 1;
      index += 1;
    }
    const shown = count === 1 ? label : count + " of them: zoom in";
    if (lane.slices) {
      x.push(begin / 1e9, Math.max(end, begin + pixel) / 1e9, null);
      y.push(lane.row, lane.row, null);
    } else {
      x.push(begin / 1e9, begin / 1e9, null);
      y.push(lane.row - TICK, lane.row + TICK, null);
    }
    text.push(shown, shown, null);
  }
  return {x, y, text};
}

lanes.on("plotly_relayout", (change) => {
  if (!Object.keys(change).some((key) => key.startsWith("xaxis"))) return;
  const [from, to] = lanes.layout.xaxis.range.map((time) => time * 1e9);
  const all = LANES.map((lane) => drawn(lane, from, to));
  Plotly.restyle(lanes, {
    x: all.map((lane) => lane.x), y: all.map((lane) => lane.y), text: all.map((lane) => lane.text),
  });
});
