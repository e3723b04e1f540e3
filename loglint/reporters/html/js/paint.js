// What is painted on a chart besides its curves: shaded spans, evidence, values that are not numbers.

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function severityColor(severity) {
  return css(`--${SEVERITIES[severity]}`);
}

function shade(chart, plot) {
  const { ctx, bbox } = plot;
  const chosen = chart.group.chosen;
  for (const finding of chart.findings) {
    const line = chart.lineOf(finding);
    if (!line) continue;
    const strong = finding === chosen;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = severityColor(finding.severity);
    for (const span of finding.spans.length ? finding.spans : [[finding.first, finding.first]]) {
      const [from, to] = span.map((value) => carried(value, finding.axis, chart.group.axis, line, finding.attempt));
      if (from === null || to === null) continue;
      const [left, right] = [from, to].map((value) => plot.valToPos(value, "x", true));
      const width = Math.max(right - left, 3 * density);
      ctx.globalAlpha = strong ? 0.17 : chosen ? 0.05 : 0.09;
      ctx.fillRect(left - (width > right - left ? width / 2 : 0), bbox.top, width, bbox.height);
      ctx.globalAlpha = strong ? 0.9 : 0.35;
      ctx.fillRect(left, bbox.top, 1.5 * density, bbox.height);
    }
    ctx.restore();
  }
  if (chosen && !chart.findings.includes(chosen)) onset(chart, plot, chosen);
}

// Where a finding of another chart begins: a thin line, so that cause and effect can be read across charts.
function onset(chart, plot, finding) {
  const line = chart.group.lineOf(finding);
  const x = line && carried(finding.first, finding.axis, chart.group.axis, line, finding.attempt);
  if (x === null || x === undefined) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = severityColor(finding.severity);
  ctx.globalAlpha = 0.5;
  const left = plot.valToPos(x, "x", true);
  if (left >= bbox.left && left <= bbox.left + bbox.width) ctx.fillRect(left, bbox.top, density, bbox.height);
  ctx.restore();
}

function paintMarks(chart, plot) {
  crosses(chart, plot);
  for (const finding of chart.findings) {
    if (finding === chart.group.chosen || (!chart.group.chosen && chart.findings.length === 1)) evidence(chart, plot, finding);
  }
}

// A cross on the floor of the chart for each bucket that holds a value that is not a number.
function crosses(chart, plot) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = css("--error");
  ctx.lineWidth = 1.25 * density;
  const arm = 2.5 * density;
  const floor = bbox.top + bbox.height - 5 * density;
  let last = -Infinity;
  for (const [number, line] of chart.lines.entries()) {
    if (chart.hidden.has(number) || !line.curve.bad) continue;
    const xs = line.places[line.curve.at[chart.group.axis]];
    for (const [bucket] of line.curve.bad) {
      const x = xs[bucket] === null ? NaN : plot.valToPos(xs[bucket], "x", true);
      if (!(x >= bbox.left && x <= bbox.left + bbox.width) || Math.abs(x - last) < 8 * density) continue;
      last = x;
      ctx.beginPath();
      ctx.moveTo(x - arm, floor - arm);
      ctx.lineTo(x + arm, floor + arm);
      ctx.moveTo(x + arm, floor - arm);
      ctx.lineTo(x - arm, floor + arm);
      ctx.stroke();
    }
  }
  ctx.restore();
}

// Every place and height that the finding's evidence names: a ring on the curve, a dashed line for a level of the whole.
function evidence(chart, plot, finding) {
  const line = chart.lineOf(finding);
  if (!line) return;
  const starts = finding.spans.length ? finding.spans.slice(0, 40).map((span) => span[0]) : [finding.first];
  const known = new Set(finding.marks.map((mark) => mark[0]));
  const marks = [...finding.marks, ...starts.filter((x) => !known.has(x)).map((x, i) => [x, i ? null : "", null])];
  plot.ctx.save();
  plot.ctx.font = `600 ${11 * density}px ${css("--sans")}`;
  plot.ctx.textBaseline = "middle";
  plot.ctx.textAlign = "left";
  for (const [place, word, height] of marks) {
    if (place === null) level(chart, plot, finding, word, height);
    else ring(chart, plot, finding, line, place, word, height);
  }
  plot.ctx.restore();
}

function level(chart, plot, finding, word, height) {
  const { ctx, bbox } = plot;
  if (chart.log && height <= 0) return;
  const y = plot.valToPos(height, "y", true);
  if (!(y >= bbox.top && y <= bbox.top + bbox.height)) return;
  ctx.strokeStyle = severityColor(finding.severity);
  ctx.lineWidth = density;
  ctx.setLineDash([3 * density, 3 * density]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  const label = `${word} ${figure(height)}`;
  writeLabel(chart, plot, finding, label, bbox.left + bbox.width - ctx.measureText(label).width - 4 * density, y - 8 * density);
}

function ring(chart, plot, finding, line, place, word, height) {
  const { ctx, bbox } = plot;
  const x = carried(place, finding.axis, chart.group.axis, line, finding.attempt);
  if (x === null) return;
  const left = plot.valToPos(x, "x", true);
  if (left < bbox.left - 1 || left > bbox.left + bbox.width + 1) return;
  const y = canvasHeight(chart, plot, line, x, height);
  ctx.strokeStyle = severityColor(finding.severity);
  ctx.fillStyle = css("--paper");
  ctx.lineWidth = 2 * density;
  ctx.beginPath();
  ctx.arc(left, y, 4.5 * density, 0, 2 * Math.PI);
  ctx.fill();
  ctx.stroke();
  if (word === null) return;
  const where = at(chart.group.axis, Number(x.toPrecision(6)));
  const label = height === null ? [word, where].filter(Boolean).join(" · ") : `${word} ${figure(height)} · ${where}`;
  const width = ctx.measureText(label).width;
  const fits = left + width + 12 * density < bbox.left + bbox.width;
  writeLabel(chart, plot, finding, label, fits ? left + 9 * density : left - width - 9 * density, y - 12 * density);
}

// Text with a halo of the paper's colour, inside the chart.
function writeLabel(chart, plot, finding, label, x, y) {
  const { ctx, bbox } = plot;
  const within = Math.min(Math.max(y, bbox.top + 8 * density), bbox.top + bbox.height - 16 * density);
  ctx.lineJoin = "round";
  ctx.lineWidth = 4 * density;
  ctx.strokeStyle = css("--paper");
  ctx.strokeText(label, x, within);
  ctx.fillStyle = severityColor(finding.severity);
  ctx.fillText(label, x, within);
}

// Where on the canvas a mark stands: at its own height, else at the curve's, else (no finite value there) on the floor.
function canvasHeight(chart, plot, line, x, height) {
  const { bbox } = plot;
  const xs = line.places[line.curve.at[chart.group.axis]];
  let nearest = 0;
  for (let i = 1; i < xs.length; i++) {
    if (xs[i] !== null && !(Math.abs(xs[i] - x) >= Math.abs(xs[nearest] - x))) nearest = i;
  }
  const y = height === null ? line.curve.y[nearest] : height;
  if (y === null || (chart.log && y <= 0)) return bbox.top + bbox.height - 5 * density;
  return Math.min(Math.max(plot.valToPos(y, "y", true), bbox.top), bbox.top + bbox.height);
}
