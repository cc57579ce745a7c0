import { setImmediate } from 'node:timers/promises';
import { PolygonTracer, tracePolygons, type MaskPolygon } from '../../core/mask/polygons.ts';
import { vectorText } from '../../text/index.ts';
import type { MaskRaster } from '../masks/mask-raster.ts';
import { maskClassName } from '../masks/paired/write-label-map.ts';
import { maskStrips } from '../masks/strips.ts';
import { pixelAreaOf } from './pixel-area.ts';
import type { MaskPlace } from './place.ts';

export interface VectorOptions {
  /** Maximum shift of a simplified border, px; 0, the default: none. */
  readonly tolerance?: number | undefined;
  /** Minimum number of pixels of a region; smaller ones are left out. */
  readonly smallest?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called once all polygons are written. */
  readonly done?: ((outcome: VectorOutcome) => void) | undefined;
}

export interface VectorOutcome {
  readonly polygons: number;
  /** Number of regions that were too small, and of their pixels. */
  readonly dropped: { readonly regions: number; readonly pixels: number };
  /** Notes on the file for the user. */
  readonly notes: readonly string[];
}

/** Attributes of a polygon. */
export interface RegionFacts {
  readonly class: string;
  readonly value: number;
  readonly pixels: number;
  /** Null if unknown; the area of the pixels, not of a simplified border. */
  readonly area_m2: number | null;
  readonly area_mm2: number | null;
}

export interface FactedPolygon {
  readonly polygon: MaskPolygon;
  readonly facts: RegionFacts;
}

/** Yields the polygons of a mask with their attributes, and reports those left out. */
export class MaskPolygons {
  readonly notes = new Set<string>();
  readonly #mask: MaskRaster;
  readonly #place: MaskPlace;
  readonly #options: VectorOptions;
  #written = 0;

  constructor(mask: MaskRaster, place: MaskPlace, options: VectorOptions) {
    this.#mask = mask;
    this.#place = place;
    this.#options = options;
  }

  /** @throws the reason of the signal's abort */
  async *[Symbol.asyncIterator](): AsyncGenerator<FactedPolygon> {
    const { tolerance = 0, smallest = 0, signal, done } = this.#options;
    const measure = pixelAreaOf(this.#place);
    if (measure?.note) this.notes.add(measure.note);
    const names = new Map(this.#mask.classes.map((one) => [one.value, maskClassName(one)]));
    const runArea = measure?.runArea;
    const tracer = new PolygonTracer(this.#mask.width, { tolerance, smallest, runArea });
    const strips = stoppable(maskStrips(this.#mask), signal);
    for await (const polygon of tracePolygons(strips, this.#mask.width, tracer)) {
      const { value, pixels, area } = polygon;
      const rounded = area === null ? null : Number(area.toPrecision(12));
      const facts = {
        class: names.get(value) ?? maskClassName({ value, name: null }),
        value,
        pixels,
        area_m2: measure?.unit === 'm²' ? rounded : null,
        area_mm2: measure?.unit === 'mm²' ? rounded : null,
      };
      this.#written++;
      yield { polygon, facts };
    }
    const { regions } = tracer.dropped;
    if (regions > 0) {
      this.notes.add(vectorText.smallRegions(regions, smallest));
    }
    const notes = [...this.notes];
    done?.({ polygons: this.#written, dropped: { ...tracer.dropped }, notes });
  }

  /** A polygon that cannot be written. */
  leave(): void {
    this.#written--;
  }
}

/** Other work may run between strips. */
async function* stoppable(
  strips: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const strip of strips) {
    await setImmediate();
    signal?.throwIfAborted();
    yield strip;
  }
}
