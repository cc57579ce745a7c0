import type { Sharp } from 'sharp';
import { tiffBlockText, tiffText } from '../../../../text/index.ts';
import type { Samples } from '../../image-file.ts';
import { isStartOfFrame, jpegFrame, jpegSegments, startOfScan } from '../../jpeg-segments.ts';
import type { BlockContext, BlockShape } from './block-shape.ts';
import { embeddedImage } from '../embedded-image.ts';
import { damaged, unsupported } from '../problems.ts';

/**
 * A block in JPEG (TIFF Technical Note 2): a stream that may lack its tables, which are then stored once in the page's
 * JPEGTables. The page determines the meaning of its components, not the stream, so the marker for it is replaced and
 * all other application segments are left out.
 */

const startOfImage = Buffer.from([0xff, 0xd8]);

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

interface Segments {
  readonly parts: readonly Uint8Array[];
  readonly frame: Frame | undefined;
  readonly hasScan: boolean;
}

/** (rows, width, samples); components of YCbCr become RGB. */
export async function decodeJpeg(
  bytes: Buffer,
  shape: BlockShape,
  context: BlockContext,
): Promise<Samples> {
  const { path, jpegTables, isYcbcr } = context;
  const tables = jpegTables.length === 0 ? [] : segmentsOf(jpegTables, path).parts;
  const { parts, frame, hasScan } = segmentsOf(bytes, path);
  if (frame === undefined || !hasScan) throw damaged(path, tiffBlockText.notJpeg);
  checkFrame(frame, shape, path);
  const marker = shape.samples === 3 ? [adobeSegment(isYcbcr ? 1 : 0)] : [];
  const stream = Buffer.concat([startOfImage, ...marker, ...tables, ...parts]);
  const { data, info } = await decoder(stream, frame).toBuffer({ resolveWithObject: true });
  if (info.channels !== shape.samples || info.width !== shape.width) {
    throw damaged(path, tiffBlockText.jpegBands(info.channels, shape.samples));
  }
  const values = new Uint8Array(data.buffer, data.byteOffset, data.length);
  // libvips treats four components as inverted CMYK, whatever they are.
  if (shape.samples === 4)
    for (let i = 0; i < values.length; i++) values[i] = 255 - (values[i] ?? 0);
  return values;
}

function decoder(stream: Buffer, { width, height, components }: Frame): Sharp {
  const image = embeddedImage(stream, width * height);
  if (components === 1) return image.toColourspace('b-w').raw();
  if (components === 4) return image.pipelineColourspace('cmyk').toColourspace('cmyk').raw();
  return image.raw();
}

function checkFrame({ width, height, components }: Frame, shape: BlockShape, path: string): void {
  const fits = width === shape.width && height >= shape.rows && height <= shape.fullRows;
  if (fits && components === shape.samples) return;
  throw damaged(
    path,
    tiffBlockText.jpegFrame(
      { width, height, bands: components },
      { width: shape.width, height: shape.rows, bands: shape.samples },
    ),
  );
}

/** Tables, frame and scan of a stream (ITU T.81, annex B), without application data and comments. */
function segmentsOf(bytes: Uint8Array, path: string): Segments {
  const parts: Uint8Array[] = [];
  let frame: Frame | undefined;
  for (const { marker, start, body } of jpegSegments(bytes)) {
    if (marker === startOfScan) {
      return { parts: [...parts, bytes.subarray(start)], frame, hasScan: true };
    }
    if (isStartOfFrame(marker)) frame = readFrame(body, marker, path);
    if (!isApplication(marker)) parts.push(bytes.subarray(start, start + 4 + body.length));
  }
  return { parts, frame, hasScan: false };
}

function isApplication(marker: number): boolean {
  return (marker & 0xf0) === 0xe0 || marker === 0xfe;
}

function readFrame(body: Uint8Array, marker: number, path: string): Frame {
  const frame = jpegFrame(body);
  if (frame === undefined) throw damaged(path, tiffBlockText.notJpeg);
  const { precision, width, height, components } = frame;
  if (precision !== 8) throw unsupported(path, tiffText.jpegBits(precision));
  // Baseline, extended and progressive.
  if (marker > 0xc2) throw unsupported(path, tiffText.otherJpeg);
  return { width, height, components: components.length };
}

/** Adobe's marker: transform 0 keeps three components, 1 converts YCbCr to RGB. */
function adobeSegment(transform: 0 | 1): Buffer {
  const segment = Buffer.from('\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0', 'latin1');
  segment[15] = transform;
  return segment;
}
