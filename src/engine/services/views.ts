import type { BandStatistics, ImageTile, ViewedImage } from '../../contract/image-view.ts';
import { UserError } from '../../core/errors.ts';
import type { IntensityWindow, LookupTable } from '../../core/image/stored.ts';
import { requireFrame } from '../../formats/images.ts';
import { bandStatistics } from '../../formats/tiles/band-statistics.ts';
import type { StatisticsRequest } from '../../formats/tiles/band-statistics.ts';
import { viewLevels } from '../../formats/tiles/levels.ts';
import { isMissingLevels, readTile, withViewed } from '../../formats/tiles/read-tile.ts';
import type { TilePlace, TileRequest } from '../../formats/tiles/read-tile.ts';
import type { ImageHeader, Pixels } from '../../formats/raster/image-file.ts';
import type { Store } from '../../store/store.ts';
import type { Emit } from './dispatch.ts';
import { LevelCache } from './level-cache.ts';
import { Stacks } from './stacks.ts';

/** Steps of a histogram. */
const histogramSteps = 64;

/** Images as a viewer looks at them: their stored values, by tiles. */
export class Views {
  readonly #store: Store;
  readonly #emit: Emit;
  readonly #levels: LevelCache;
  readonly #stacks: Stacks;

  constructor(store: Store, emit: Emit) {
    this.#store = store;
    this.#emit = emit;
    this.#levels = new LevelCache(store.folder);
    this.#stacks = new Stacks(store);
  }

  /** @throws UserError as `openImage` */
  async open(id: number): Promise<ViewedImage> {
    const stored = this.#store.images.get(id);
    const { path, frame, name } = stored;
    await this.#levels.touch(this.#levels.place(stored));
    return withViewed(path, (file) => {
      requireFrame(file, frame);
      return Promise.resolve({ id, name, ...viewOf(file.header) });
    });
  }

  /** @throws UserError as `readTile`; 'invalid-option' for a tile or band that is not there */
  async tile(id: number, request: TileRequest, signal: AbortSignal): Promise<ImageTile> {
    const read = (place: TilePlace): Promise<Pixels> => readTile(place, request, signal);
    const { width, height, bands, data } = await this.#withLevels(id, read, signal);
    const values = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { width, height, bands, sampleType: typeOf(data), values };
  }

  /** @throws UserError as `tile` */
  async statistics(
    id: number,
    request: Omit<StatisticsRequest, 'steps'>,
    signal: AbortSignal,
  ): Promise<BandStatistics[]> {
    const read = (place: TilePlace): ReturnType<typeof bandStatistics> =>
      bandStatistics(place, { ...request, steps: histogramSteps }, signal);
    const figures = await this.#withLevels(id, read, signal);
    return figures.map(({ values, histogram, ...ends }) => ({
      ...ends,
      values: [...values],
      histogram: [...histogram],
    }));
  }

  /** @throws UserError 'not-found' */
  stack(id: number, signal: AbortSignal): Promise<number[]> {
    return this.#stacks.of(this.#store.images.get(id), signal);
  }

  /** Reads, and where reduced levels are missing, makes them and reads again. */
  async #withLevels<T>(
    image: number,
    read: (place: TilePlace) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const place = this.#levels.place(this.#store.images.get(image));
    try {
      return await read(place);
    } catch (error) {
      // What is not there is the asker's mistake, told as such.
      if (error instanceof RangeError) throw new UserError('invalid-option', error.message);
      if (!isMissingLevels(error)) throw error;
    }
    const tell = (done: number, total: number): void => {
      this.#emit('image.levels', { image, done, total });
    };
    await this.#levels.ensure(place, tell, signal);
    return read(place);
  }
}

function viewOf(header: ImageHeader): Omit<ViewedImage, 'id' | 'name'> {
  const { format, width, height, bands, sampleType, interpretation } = header;
  const { alpha, nodata, spacing, geo, display, notes } = header;
  const { rescale, modalityTable, windows, voiTable, isInverted, palette, unit } = display;
  return {
    ...{ format, width, height, bands, sampleType, interpretation, alpha },
    nodata: nodata !== null && Number.isFinite(nodata) ? nodata : null,
    levels: viewLevels(header).map((level) => ({ width: level.width, height: level.height })),
    display: {
      ...{ rescale, isInverted, palette },
      modalityTable: modalityTable && tableOf(modalityTable),
      voiTable: voiTable && tableOf(voiTable),
      windows: windows.filter(isSound).map((window) => ({
        ...window,
        name: window.name?.slice(0, 64) ?? null,
      })),
      unit: unit ?? null,
    },
    spacing: spacing && { x: spacing.x, y: spacing.y, unit: spacing.unit },
    geo: geo && { transform: [...geo.transform], crs: geo.crs?.slice(0, 10_000) ?? null },
    notes: [...notes],
  };
}

function tableOf({ first, values, bits }: LookupTable): LookupTable {
  return { first, values, bits };
}

function isSound({ center, width }: IntensityWindow): boolean {
  return Number.isFinite(center) && Number.isFinite(width);
}

const types = {
  Uint8Array: 'uint8',
  Int8Array: 'int8',
  Uint16Array: 'uint16',
  Int16Array: 'int16',
  Uint32Array: 'uint32',
  Int32Array: 'int32',
  Float32Array: 'float32',
  Float64Array: 'float64',
} as const;

function typeOf(data: object): ImageTile['sampleType'] {
  return types[data.constructor.name as keyof typeof types];
}
