import type { Sharp } from 'sharp';
import type { Samples } from '../image-file.ts';
import type { BlockContext, BlockShape } from './block-shape.ts';
import { embeddedImage } from './embedded-image.ts';
import { damaged, unsupported } from './problems.ts';

/**
 * A block in JPEG (TIFF Technical Note 2): a stream that may lack its tables, which then stand once in
 * the page's JPEGTables. What its components are is told by the page, not by the stream, so the marker
 * that says so is put in anew and all other application segments are left out.
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
  if (frame === undefined || !hasScan) throw damaged(path, 'a block is no JPEG stream');
  checkFrame(frame, shape, path);
  const marker = shape.samples === 3 ? [adobeSegment(isYcbcr ? 1 : 0)] : [];
  const stream = Buffer.concat([startOfImage, ...marker, ...tables, ...parts]);
  const { data, info } = await decoder(stream, frame).toBuffer({ resolveWithObject: true });
  if (info.channels !== shape.samples || info.width !== shape.width) {
    throw damaged(path, `a JPEG block of ${info.channels} bands where ${shape.samples} should be`);
  }
  const values = new Uint8Array(data.buffer, data.byteOffset, data.length);
  // libvips takes four components for inverted CMYK, whatever they are.
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
    `a JPEG block has ${width} × ${height} pixels of ${components} components instead of ${shape.width} × ${shape.rows} of ${shape.samples}`,
  );
}

/** Tables, frame and scan of a stream (ITU T.81, annex B), without application data and comments. */
function segmentsOf(bytes: Uint8Array, path: string): Segments {
  const parts: Uint8Array[] = [];
  let frame: Frame | undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = view.length >= 2 && view.readUInt16BE(0) === 0xffd8 ? 2 : view.length;
  while (at + 4 <= view.length) {
    const marker = view[at + 1] ?? 0;
    if (view[at] !== 0xff || marker === 0xd9) break;
    // Fill bytes before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xda) return { parts: [...parts, view.subarray(at)], frame, hasScan: true };
    const end = at + 2 + view.readUInt16BE(at + 2);
    const segment = view.subarray(at, end);
    if (isFrame(marker)) frame = readFrame(segment, marker, path);
    if (!isApplication(marker)) parts.push(segment);
    at = end;
  }
  return { parts, frame, hasScan: false };
}

/** Start of frame: C0 to CF without C4 (Huffman tables), C8 and CC (arithmetic coding). */
function isFrame(marker: number): boolean {
  return (marker & 0xf0) === 0xc0 && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function isApplication(marker: number): boolean {
  return (marker & 0xf0) === 0xe0 || marker === 0xfe;
}

function readFrame(segment: Buffer, marker: number, path: string): Frame {
  if (segment.length < 10) throw damaged(path, 'a block is no JPEG stream');
  const bits = segment[4] ?? 0;
  if (bits !== 8) throw unsupported(path, `JPEG compression of ${bits} bits`);
  // Baseline, extended and progressive.
  if (marker > 0xc2) throw unsupported(path, 'lossless or arithmetic JPEG compression');
  return {
    height: segment.readUInt16BE(5),
    width: segment.readUInt16BE(7),
    components: segment[9] ?? 0,
  };
}

/** Adobe's marker: transform 0 leaves three components as they are, 1 makes RGB of YCbCr. */
function adobeSegment(transform: 0 | 1): Buffer {
  const segment = Buffer.from('\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0', 'latin1');
  segment[15] = transform;
  return segment;
}
