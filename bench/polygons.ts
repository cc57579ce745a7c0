import { PolygonTracer } from '../src/core/mask/polygons.ts';
import { Random } from '../src/core/random.ts';
import { printTable } from './table.ts';

const classes = 5;

/** Measures how long a mask of patches takes to become polygons, compared with drawing it, and the memory in use. */
export function benchPolygons(): void {
  const side = 5000;
  const rows = [];
  for (const [name, step] of [
    ['large patches', 100],
    ['small patches', 16],
  ] as const) {
    const draw = patchesOf(side, step);
    const alone = measure(side, draw, () => []);
    for (const tolerance of [0, 1]) {
      const tracer = new PolygonTracer(side, { tolerance });
      const traced = measure(side, draw, (row) => (row === null ? tracer.end() : tracer.row(row)));
      rows.push({
        [`${side} × ${side} px, ${classes} classes`]: name,
        'tolerance, px': String(tolerance),
        polygons: String(traced.polygons),
        corners: String(traced.corners),
        seconds: ((traced.time - alone.time) / 1000).toFixed(1),
        'times drawing it': (traced.time / alone.time).toFixed(1),
        'heap, MiB': String(Math.round(traced.heap / 2 ** 20)),
      });
    }
  }
  printTable('Polygons of a mask', rows);
}

/** Generates rows of smooth noise in steps, one after the other. */
function patchesOf(side: number, step: number): (y: number, row: Uint8Array) => void {
  const random = new Random(step);
  const width = Math.ceil(side / step) + 2;
  const nodes = Float64Array.from({ length: width * width }, () => random.uniform(0, classes));
  return (y, row) => {
    const [top, down] = [Math.floor(y / step), (y % step) / step];
    const at = (column: number): number => {
      const node = top * width + column;
      return (nodes[node] ?? 0) * (1 - down) + (nodes[node + width] ?? 0) * down;
    };
    for (let x = 0; x < side; x++) {
      const column = Math.floor(x / step);
      const across = (x % step) / step;
      row[x] = Math.floor(at(column) * (1 - across) + at(column + 1) * across) + 1;
    }
  };
}

type Take = (row: Uint8Array | null) => readonly { readonly rings: readonly Int32Array[] }[];

function measure(side: number, draw: (y: number, row: Uint8Array) => void, take: Take) {
  const row = new Uint8Array(side);
  const start = performance.now();
  let [polygons, corners, heap] = [0, 0, 0];
  for (let y = 0; y <= side; y++) {
    if (y < side) draw(y, row);
    for (const { rings } of take(y < side ? row : null)) {
      polygons++;
      for (const ring of rings) corners += ring.length / 2;
    }
    if (y % 100 === 0) heap = Math.max(heap, process.memoryUsage().heapUsed);
  }
  return { polygons, corners, heap, time: performance.now() - start };
}
