import type { Pixels, ReadRequest, Samples } from '../image-file.ts';

/** What a request asks of a frame, checked. */
export interface Selection {
  readonly frame: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** null: all, in their order. */
  readonly bands: readonly number[] | null;
}

interface Extent {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly frames: number;
}

/** @throws RangeError for what is not there */
export function selectionOf(request: ReadRequest, extent: Extent): Selection {
  const { frame = 0, level = 0, bands = null } = request;
  const region = request.region ?? { x: 0, y: 0, width: extent.width, height: extent.height };
  requireIndex('frame', frame, extent.frames);
  requireIndex('level', level, 1);
  for (const band of bands ?? []) requireIndex('band', band, extent.bands);
  const { x, y, width, height } = region;
  const isWhole = [x, y, width, height].every(Number.isSafeInteger);
  const isInside = x >= 0 && y >= 0 && x + width <= extent.width && y + height <= extent.height;
  if (!isWhole || !isInside || width < 1 || height < 1) {
    throw new RangeError(
      `region ${width} × ${height} at (${x}, ${y}) is not inside ${extent.width} × ${extent.height}`,
    );
  }
  return { frame, x, y, width, height, bands };
}

function requireIndex(what: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(`${what} ${index} is not one of ${count}`);
}

/** Cuts the selection out of a whole frame. */
export function select(values: Samples, selection: Selection, extent: Extent): Pixels {
  const { x, y, width, height, bands } = selection;
  const chosen = bands ?? [...new Array(extent.bands).keys()];
  const isWhole = bands === null && width === extent.width && height === extent.height;
  if (isWhole) return { width, height, bands: extent.bands, data: values };
  const Constructor = values.constructor as new (length: number) => Samples;
  const data = new Constructor(width * height * chosen.length);
  let to = 0;
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) {
      const from = (row * extent.width + column) * extent.bands;
      for (const band of chosen) data[to++] = values[from + band] ?? 0;
    }
  }
  return { width, height, bands: chosen.length, data };
}
