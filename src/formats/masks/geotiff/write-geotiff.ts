import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { ignoreValue, tileCounts, tilePixels, tileSide } from '../../../core/mask/tiles.ts';
import { tags } from '../../raster/tiff/tags.ts';
import { maskPalette } from '../colours.ts';
import type { MaskClass, MaskRaster } from '../mask-raster.ts';
import { maskClassName } from '../paired/write-label-map.ts';
import type { GeoTag } from './geo-tags.ts';
import { tiffDirectory, tiffHeader, type WrittenField } from './tiff-directory.ts';

const packed = promisify(deflate);

export interface GeotiffOptions {
  readonly signal?: AbortSignal | undefined;
  /** True to declare 255 as nodata if a pixel has it. False by default: then it is a value like the others. */
  readonly isUnknownNodata?: boolean;
  /** True for 64-bit offsets; by default if 32 bits could be too few. */
  readonly isBig?: boolean;
}

/**
 * Yields a mask as a GeoTIFF of one band of 8 bits: tiles of 512 px, Deflate, the classes' colours as its colour table
 * and their names as GDAL metadata, georeferenced by the fields of its image. Background is a value like the others,
 * never nodata.
 *
 * Tiles are written in the order they arrive, followed by the directory.
 *
 * @throws UserError as the mask's tiles do; the signal's reason when it aborts
 */
export async function writeGeotiffMask(
  file: FileHandle,
  mask: MaskRaster,
  geo: readonly GeoTag[],
  { signal, isUnknownNodata = false, isBig = mayPassLimit(mask) }: GeotiffOptions = {},
): Promise<void> {
  let end = await append(file, 0, tiffHeader(0, isBig));
  const { columns, rows } = tileCounts(mask);
  const offsets: number[] = [];
  const sizes: number[] = [];
  let hasUnknown = false;
  const empty = await packed(new Uint8Array(tilePixels));
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      signal?.throwIfAborted();
      const tile = await mask.tile(x, y);
      hasUnknown ||= tile?.includes(ignoreValue) === true;
      const block = tile === null ? empty : await packed(tile);
      offsets.push(end);
      sizes.push(block.length);
      end = await append(file, end, block);
    }
  }
  // Directories begin at even offsets.
  end += end % 2;
  const fields = [...maskFields(mask, offsets, sizes, isBig), ...geo];
  if (isUnknownNodata && hasUnknown) {
    fields.push({ tag: tags.gdalNodata, type: 2, values: text(String(ignoreValue)) });
  }
  await append(file, end, tiffDirectory(fields, end, isBig));
  await append(file, 0, tiffHeader(end, isBig));
}

/** Returns true if the tiles, without any compression, would exceed the range of 32-bit offsets. */
function mayPassLimit(mask: MaskRaster): boolean {
  const { columns, rows } = tileCounts(mask);
  return columns * rows * (tilePixels + 2 ** 10) > 2 ** 32 - 2 ** 24;
}

async function append(file: FileHandle, at: number, bytes: Uint8Array): Promise<number> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
  return at + bytes.length;
}

function maskFields(
  { width, height, classes }: MaskRaster,
  offsets: readonly number[],
  sizes: readonly number[],
  isBig: boolean,
): WrittenField[] {
  const short = (tag: number, value: number): WrittenField => ({ tag, type: 3, values: [value] });
  const long = (tag: number, value: number): WrittenField => ({ tag, type: 4, values: [value] });
  return [
    long(tags.width, width),
    long(tags.height, height),
    short(tags.bitsPerSample, 8),
    // Deflate of Adobe's Technical Note, colours of a palette, unsigned whole numbers.
    short(tags.compression, 8),
    short(tags.photometric, 3),
    short(tags.samplesPerPixel, 1),
    short(tags.planarConfiguration, 1),
    short(tags.sampleFormat, 1),
    short(tags.tileWidth, tileSide),
    short(tags.tileHeight, tileSide),
    { tag: tags.tileOffsets, type: isBig ? 16 : 4, values: offsets },
    { tag: tags.tileByteCounts, type: 4, values: sizes },
    { tag: tags.colorMap, type: 3, values: colorMap(classes) },
    { tag: tags.gdalMetadata, type: 2, values: text(gdalMetadata(classes)) },
  ];
}

/** Returns the colours as 16-bit values: all reds, then greens, then blues. */
function colorMap(classes: readonly MaskClass[]): number[] {
  const palette = maskPalette(classes);
  return [0, 1, 2].flatMap((part) =>
    Array.from({ length: 256 }, (_, value) => 257 * (palette[3 * value + part] ?? 0)),
  );
}

/** Writes one item per class, `class_3`: GDAL keeps such items unchanged and shows them as the file's metadata. */
function gdalMetadata(classes: readonly MaskClass[]): string {
  const items = classes.map(
    ({ value, name }) =>
      `  <Item name="class_${value}">${escaped(maskClassName({ value, name }))}</Item>\n`,
  );
  return `<GDALMetadata>\n${items.join('')}</GDALMetadata>\n`;
}

/** Twice: GDAL undoes it once as XML and once more as its own (GTiffDataset, GDALMultiDomainMetadata). */
function escaped(text: string): string {
  return escapedOnce(escapedOnce(text));
}

function escapedOnce(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'utf8');
}
