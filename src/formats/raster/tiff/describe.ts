import { coloursByNumber } from '../../../core/image/colour-names.ts';
import { tiffAdvice, tiffNotes, tiffText } from '../../../text/index.ts';
import { plainDisplay, type Display, type ImageHeader } from '../image-file.ts';
import type { Interpretation, ReadLimits } from '../image-file.ts';
import { contiguousFrames, type Contiguous } from './contiguous.ts';
import type { TiffFile } from './directory.ts';
import { readGdalMetadata, readNodata, type GdalMetadata } from './place/gdal-fields.ts';
import { readGeoreference } from './place/georeference.ts';
import { uprightSize } from './orientation.ts';
import type { PageTree } from './page-tree.ts';
import { lossyScheme } from './lossy.ts';
import type { Page } from './page.ts';
import { tooLarge } from './problems.ts';
import { readResolution } from './place/resolution.ts';
import { photometrics, tags } from './tags.ts';

/** Description of a file, and the data needed to read its pixels. */
export interface Description {
  readonly header: ImageHeader;
  readonly tree: PageTree;
  readonly contiguous: Contiguous | null;
  /** Orientation as in EXIF; 1 for files on a map. */
  readonly orientation: number;
  /** Value of blocks that were never written. */
  readonly fill: number;
}

/** Enough bytes for the attributes at the beginning. */
const descriptionLimit = 2 ** 20;

/** @throws UserError 'invalid-file', 'too-large', 'disk' */
export async function readDescription(
  file: TiffFile,
  tree: PageTree,
  limits: ReadLimits,
): Promise<Description> {
  const { first } = tree;
  const { directory } = first;
  const text = await file.text(directory, tags.description, descriptionLimit);
  const contiguous = await readContiguous(file, tree, text, limits);
  const { geo, spacing, notes } = await readGeoreference(file, directory);
  const orientation = geo === null ? first.orientation : 1;
  const resolution = await readResolution(file, directory, text);
  const metadata = await readGdalMetadata(file, directory, first.samples);
  const nodata = await readNodata(file, directory, first.sampleType);
  const interpretation = interpretationOf(first, metadata.isRgb);
  const lossy = await lossyScheme(file, first);
  const ownSpacing = geo === null ? resolution.spacing : null;
  const header: ImageHeader = {
    format: 'tiff',
    ...uprightSize(first, orientation),
    bands: first.samples,
    bandNames: metadata.names,
    frames: contiguous?.frames ?? tree.frames.length,
    sampleType: first.sampleType,
    interpretation,
    alpha: alphaOf(first),
    nodata,
    levels: tree.levels.map((level) => uprightSize(level, orientation)),
    spacing: spacing ?? (orientation >= 5 ? exchanged(ownSpacing) : ownSpacing),
    geo,
    display: {
      ...(await readDisplay(file, first, interpretation, metadata)),
      ...coloursOf(first, metadata, geo !== null),
    },
    grouping: null,
    lossy: lossy ?? undefined,
    notes: [
      ...tree.notes,
      ...notes,
      ...(geo === null ? resolution.notes : []),
      ...metadata.notes,
      ...premultiplied(first),
    ],
  };
  return { header, tree, contiguous, orientation, fill: nodata ?? 0 };
}

async function readContiguous(
  file: TiffFile,
  tree: PageTree,
  description: string,
  limits: ReadLimits,
): Promise<Contiguous | null> {
  const [offset] = await file.numbers(tree.first.offsets, 1);
  const contiguous = contiguousFrames(file.source, tree.first, description, offset ?? 0);
  if (contiguous === null || tree.frames.length > 1) return null;
  if (contiguous.frames > limits.frames) {
    const { path } = file.source;
    throw tooLarge(path, tiffText.tooManyPages(contiguous.frames), tiffAdvice.split);
  }
  return contiguous;
}

function exchanged(spacing: ImageHeader['spacing']): ImageHeader['spacing'] {
  return spacing === null ? null : { x: spacing.y, y: spacing.x, unit: spacing.unit };
}

/** Bands without those that ExtraSamples names. */
function colourBands({ samples, extraSamples }: Page): number {
  return samples - Math.min(extraSamples.length, samples - 1);
}

function interpretationOf(page: Page, isNamedRgb: boolean): Interpretation {
  const { photometric } = page;
  const colours = colourBands(page);
  if (photometric === photometrics.rgb || photometric === photometrics.ycbcr) {
    return page.samples >= 3 ? 'rgb' : 'bands';
  }
  if (photometric === photometrics.palette && colours === 1) return 'palette';
  if (isNamedRgb && page.samples <= 4) return 'rgb';
  const beyond = page.samples - (alphaOf(page) === null ? 0 : 1);
  return beyond === 1 ? 'grey' : 'bands';
}

/** ExtraSamples: 1 alpha that the colours are multiplied by, 2 alpha apart. */
function alphaOf(page: Page): number | null {
  const index = page.extraSamples.findIndex((kind) => kind === 1 || kind === 2);
  return index < 0 || page.samples === 1 ? null : colourBands(page) + index;
}

function premultiplied({ extraSamples, samples }: Page): string[] {
  if (samples === 1 || !extraSamples.includes(1)) return [];
  return [tiffNotes.premultiplied];
}

async function readDisplay(
  file: TiffFile,
  page: Page,
  interpretation: Interpretation,
  { rescale }: GdalMetadata,
): Promise<Display> {
  const isInverted = page.photometric === photometrics.whiteIsZero;
  const palette = interpretation === 'palette' ? await readPalette(file, page) : null;
  return { ...plainDisplay, rescale, isInverted, palette };
}

/**
 * Returns the colours by band name; a placed image with as many bands as Sentinel-2 and no other names has that
 * order.
 */
function coloursOf(
  { samples }: Page,
  { colours, names }: GdalMetadata,
  isPlaced: boolean,
): Pick<Display, 'colours'> {
  const guessed = isPlaced ? coloursByNumber(samples, names)?.map((band) => band - 1) : undefined;
  const found = colours ?? guessed;
  return found === undefined ? {} : { colours: found };
}

/** ColorMap: all reds, then greens, then blues, of 16 bits; some writers store 8. */
async function readPalette(file: TiffFile, { directory, bits }: Page): Promise<Uint8Array> {
  const entries = 2 ** Math.min(bits, 16);
  const map = await file.numbers(directory.fields.get(tags.colorMap), 3 * entries);
  const isWide = map.some((value) => value > 255);
  const palette = new Uint8Array(Math.max(entries, 256) * 3);
  for (let i = 0; i < entries; i++) {
    for (let colour = 0; colour < 3; colour++) {
      const value = map[colour * entries + i] ?? 0;
      palette[i * 3 + colour] = isWide ? Math.round(value / 257) : value;
    }
  }
  return palette;
}
