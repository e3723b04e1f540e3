// Curves as uPlot takes them: stretches of rising position, one table of all, and places carried from one axis to another.

const MOST_SEGMENTS = 12; // stretches of rising position in which one curve is drawn; a curve with more is sorted instead

// The curve's points as stretches in which the position rises: attempts, and what a resume wrote again, lie on top of each other.
function segments(curve, places, axis) {
  const xs = places[curve.at[axis]];
  const cuts = new Set(curve.attempts.slice(1).map(([, bucket]) => bucket));
  const found = [[]];
  let breaks = 0;
  let last = -Infinity;
  for (let i = 0; i < xs.length; i++) {
    const falls = xs[i] !== null && xs[i] < last && ++breaks <= MOST_SEGMENTS;
    if (cuts.has(i) || falls) found.push([]);
    if (xs[i] === null) continue;
    found[found.length - 1].push([xs[i], i]);
    last = xs[i];
  }
  return found.filter((part) => part.length).map((part) => spread(part.sort((a, b) => a[0] - b[0])));
}

// Points logged at the same place (all steps of one epoch) are laid out evenly up to the next place.
function spread(part) {
  let start = 0;
  let width = 0;
  const out = part.map((point) => [...point]);
  for (let i = 1; i <= part.length; i++) {
    if (i < part.length && part[i][0] === part[start][0]) continue;
    const next = i < part.length ? part[i][0] - part[start][0] : width;
    for (let k = start + 1; k < i; k++) out[k][0] = part[start][0] + (next * (k - start)) / (i - start);
    width = next;
    start = i;
  }
  return out;
}

function extent(lines, axis) {
  let low = Infinity;
  let high = -Infinity;
  for (const { curve, places } of lines) {
    for (const x of places[curve.at[axis]]) {
      if (x !== null && x < low) low = x;
      if (x !== null && x > high) high = x;
    }
  }
  return low <= high ? (low === high ? [low - 0.5, high + 0.5] : [low, high]) : [0, 1];
}

function positive(lines) {
  let least = Infinity;
  let most = 0;
  let all = true;
  for (const { curve } of lines) {
    for (const value of curve.low || curve.y) {
      if (value === null) continue;
      if (value <= 0) all = false;
      else if (value < least) least = value;
    }
    for (const value of curve.high || curve.y) if (value !== null && value > most) most = value;
  }
  return { all, any: most > 0, ratio: most / least };
}

// uPlot's data and series for the lines; `owner[i]` is the line that series i belongs to (-1 for the edges of a band).
function plotted(lines, axis, log) {
  const tables = [];
  const series = [{}];
  const bands = [];
  const owner = [null];
  const keep = log ? (value) => (value > 0 ? value : null) : (value) => value;
  lines.forEach((line, number) => {
    const { curve, places } = line;
    for (const part of segments(curve, places, axis)) {
      const xs = part.map((point) => point[0]);
      const column = (values) => part.map(([, i]) => (values[i] === null ? null : keep(values[i])));
      const table = [xs, column(curve.y)];
      owner.push(number);
      series.push({
        label: line.label,
        stroke: line.color,
        width: line.width,
        dash: line.dash,
        points: { show: part.length === 1 || (part.length <= 80 && line.dots), size: 4, fill: line.color },
      });
      if (curve.low) {
        table.push(column(curve.high), column(curve.low));
        const bare = { stroke: "transparent", width: 0, points: { show: false } };
        bands.push({ series: [series.length, series.length + 1], fill: line.band });
        series.push({ ...bare }, { ...bare });
        owner.push(-1, -1);
      }
      tables.push(table);
    }
  });
  return { data: tables.length ? uPlot.join(tables) : [[]], series, bands, owner };
}

// A place of a finding on the axis shown: as it is, or carried over by the positions that its curve has on both axes.
function carried(value, from, to, line, attempt) {
  if (typeof value !== "number") return null;
  const shifted = from === "time" ? value - line.start : value;
  if (from === to) return shifted;
  const { curve, places } = line;
  if (!(from in curve.at) || !(to in curve.at)) return null;
  const [a, b] = [places[curve.at[from]], places[curve.at[to]]];
  const number = Math.max(0, curve.attempts.findIndex((one) => one[0] === attempt));
  const first = curve.attempts[number][1];
  const end = number + 1 < curve.attempts.length ? curve.attempts[number + 1][1] : a.length;
  let before = -1;
  for (let i = first; i < end; i++) {
    if (a[i] === null || b[i] === null) continue;
    if (a[i] >= shifted) {
      if (before < 0 || a[i] === shifted || a[i] === a[before]) return b[i];
      return b[before] + ((b[i] - b[before]) * (shifted - a[before])) / (a[i] - a[before]);
    }
    before = i;
  }
  return before < 0 ? null : b[before];
}
