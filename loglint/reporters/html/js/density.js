// Charts are drawn at twice the size at least, so that they are sharp on paper. uPlot asks the window for this number as it loads.
const density = Math.max(2, window.devicePixelRatio);
Object.defineProperty(window, "devicePixelRatio", { get: () => density, configurable: true });
