/** Messages about image files of any format. */
export const imageText = {
  damaged: (path: string) =>
    `${path} is damaged or cut short and cannot be decoded. Copy it again or remove it.`,
  empty: (path: string) => `${path} is empty. Copy it again or remove it.`,
  notAnImage: (path: string) => `${path} is not an image. Remove it or replace it.`,
  /** @param format name of the file's format. @param supported names of the supported formats */
  otherFormat: (path: string, format: string, supported: readonly string[]) =>
    `${path} is a ${format} file, which is not supported. Save it as ${supported.slice(0, -1).join(', ')} or ${supported.at(-1) ?? ''}.`,
  endedEarly: (path: string) =>
    `${path} ended while it was being read. Copy it again or remove it.`,
  closed: (path: string) => `${path} was closed while it was being read.`,
  /** @param limit bytes */
  tooMuchAtOnce: (path: string, { width, height, bands }: Part, limit: number) =>
    `${width} × ${height} pixels of ${bands} bands of ${path} are more than the limit of ${limit} bytes. Read a smaller part.`,
  noFrame: (frame: number, frames: number) =>
    `There is no frame ${frame}: the file has ${frames}, counted from 0.`,
  noLevel: (level: number, levels: number) =>
    `There is no level ${level}: the file has ${levels}, counted from 0.`,
  noBand: (band: number, bands: number) =>
    `There is no band ${band}: the file has ${bands}, counted from 0.`,
  noBands: 'At least one band must be requested.',
  columnsOutside: (first: number, last: number, width: number) =>
    `Columns ${first} to ${last} are outside the image, which has ${width}.`,
  rowsOutside: (first: number, last: number, height: number) =>
    `Rows ${first} to ${last} are outside the image, which has ${height}.`,
  withoutReducedCopies: (path: string, { width, height }: Size) =>
    `${path} has ${width} × ${height} pixels and no reduced copies that could be read instead. Add overviews (gdaladdo, or a pyramid), or split it into smaller images.`,
  /** @param message another error's */
  ofFile: (path: string, message: string) => `${path}: ${message}`,
  levelsMissing: (path: string) =>
    `Smaller copies of ${path} are missing. Close the image and open it again.`,
};

/** Messages about PNG, JPEG, WebP and BMP files. */
export const commonImageText = {
  largeFile: (path: string) => `${path} is larger than 2 GB. Split it into smaller images.`,
  notCommon: (path: string) =>
    `${path} is not a PNG, JPEG, WebP or BMP image. Remove it or replace it.`,
  tooLarge: (path: string, { width, height, bytes }: WholeSize, limits: WholeLimits) =>
    `${path} has ${width} × ${height} pixels and can only be decoded as a whole, which would take ${millions(bytes)} MB of memory, more than the limit of ${millions(limits.bytes)} MB or ${millions(limits.pixels)} million pixels. Save it as a tiled TIFF, or split it into smaller images.`,
  implausible: (path: string, fileBytes: number, { width, height }: Size) =>
    `${path} has ${fileBytes} bytes but claims ${width} × ${height} pixels, more than a real image of this file size has. Remove it, or save it again.`,
  /** @param type type as the decoder names it, or one of the types below */
  unsupportedValues: (path: string, type: string) =>
    `${path} has values of type ${type}, which is not supported. Save it as 8-bit or 16-bit grey or RGB.`,
  bands: (count: number) => `${count} bands`,
  deepJpeg: (bits: string) => `${bits}-bit JPEG`,
  animation: (frames: number) => `An animation of ${frames} frames; only the first is read.`,
  cmykByOwnProfile: 'CMYK, converted to RGB by its own colour profile.',
  cmykByStandardProfile: 'CMYK, converted to RGB by a standard colour profile.',
};

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Part extends Size {
  readonly bands: number;
}

interface WholeSize extends Size {
  /** Memory for decoding. */
  readonly bytes: number;
}

interface WholeLimits {
  readonly bytes: number;
  readonly pixels: number;
}

function millions(count: number): number {
  return Math.round(count / 1e6);
}
