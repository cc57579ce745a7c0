import type { BandStatistics, ImageTile, ViewedImage } from '../../contract/image-view.ts';
import { UserError } from '../../core/errors.ts';
import { edgeLetters } from '../../core/image/directions.ts';
import type { IntensityWindow, LookupTable } from '../../core/image/stored.ts';
import { requireFrame } from '../../formats/images.ts';
import type { ImagePlace } from '../../formats/labels/labelled-images.ts';
import type { ImageHeader } from '../../formats/raster/image-file.ts';
import { measureBands } from '../../formats/tiles/band-statistics.ts';
import type { StatisticsRequest } from '../../formats/tiles/band-statistics.ts';
import { buildLevelFile } from '../../formats/tiles/level-file.ts';
import { viewLevels } from '../../formats/tiles/levels.ts';
import { readTile, withViewed } from '../../formats/tiles/read-tile.ts';
import type { TiledFrame, TileRequest } from '../../formats/tiles/read-tile.ts';
import type { TaskContext } from './task.ts';

/** Bins of a histogram. */
const histogramSteps = 64;

export interface TileTask {
  readonly place: TiledFrame;
  readonly request: TileRequest;
}

export interface StatisticsTask {
  readonly place: TiledFrame;
  readonly request: Omit<StatisticsRequest, 'steps'>;
}

/** Levels to build, with memory that both threads see. */
export interface LevelsTask {
  readonly place: TiledFrame;
  /** Three numbers: rows done, total rows, and 1 once the levels are no longer wanted. */
  readonly shared: Int32Array<SharedArrayBuffer>;
}

/**
 * Properties of an image for the viewer. The series is as the file writes it and does not leave the engine.
 *
 * @throws UserError as `openImage`, 'invalid-file' for a slice that does not exist
 */
export async function viewImage({
  path,
  frame,
}: ImagePlace): Promise<Omit<ViewedImage, 'id' | 'name'>> {
  return withViewed(path, (file) => {
    requireFrame(file, frame);
    return Promise.resolve(viewOf(file.header));
  });
}

/**
 * Reads a tile of stored values.
 *
 * @throws UserError as `readTile`; 'invalid-option' for a tile or band that does not exist
 */
export async function viewTile({ place, request }: TileTask): Promise<ImageTile> {
  const read = await withRequestErrors(() => readTile(place, request));
  const { width, height, bands, data } = read;
  const values = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const isWhole = values.length === data.buffer.byteLength;
  return {
    width,
    height,
    bands,
    sampleType: typeOf(data),
    values: isWhole ? values : values.slice(),
  };
}

/**
 * Computes statistics of bands.
 *
 * @throws UserError as `viewTile`
 */
export async function viewStatistics({
  place,
  request,
}: StatisticsTask): Promise<BandStatistics[]> {
  const figures = await withRequestErrors(() =>
    measureBands(place, { ...request, steps: histogramSteps }),
  );
  return figures.map(({ values, histogram, ...ends }) => ({
    ...ends,
    values: [...values],
    histogram: [...histogram],
  }));
}

/**
 * Builds the reduced levels of an image.
 *
 * @throws UserError as `buildLevelFile`
 */
export async function buildLevels(
  { place, shared }: LevelsTask,
  { alive }: TaskContext,
): Promise<void> {
  const controller = new AbortController();
  await withViewed(place.path, (file) =>
    buildLevelFile(file, {
      frame: place.frame,
      target: place.levels,
      signal: controller.signal,
      onprogress: (done, total) => {
        alive();
        Atomics.store(shared, 0, done);
        Atomics.store(shared, 1, total);
        if (Atomics.load(shared, 2) === 1) controller.abort();
      },
    }),
  );
}

/**
 * Converts a RangeError (a tile or band that does not exist) into a UserError about the request.
 */
async function withRequestErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RangeError) throw new UserError('invalid-option', error.message);
    throw error;
  }
}

function viewOf(header: ImageHeader): Omit<ViewedImage, 'id' | 'name'> {
  const { format, width, height, bands, sampleType, interpretation } = header;
  const { alpha, nodata, spacing, geo, display, notes } = header;
  const { directions = null, modality = null, isFilm = false } = header;
  const { rescale, modalityTable, windows, voiTable, isInverted, palette, colours, unit } = display;
  return {
    format,
    width,
    height,
    bands,
    sampleType,
    interpretation,
    alpha,
    nodata: nodata !== null && Number.isFinite(nodata) ? nodata : null,
    levels: viewLevels(header).map((level) => ({ width: level.width, height: level.height })),
    display: {
      rescale,
      isInverted,
      palette,
      colours: colours && [...colours],
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
    edges: directions && edgeLetters(directions),
    modality: modality?.slice(0, 16) ?? null,
    series: header.grouping?.series ?? null,
    isFilm,
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
