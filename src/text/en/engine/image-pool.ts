/** Messages about files that the image pool reads. `file` is null if it is unknown which of several files failed. */
export const readingText = {
  /** @param why first line of the error's message */
  unreadable: (path: string, why: string) =>
    `${path} could not be read (${why}). It may be damaged; copy it again or remove it.`,
  tooLarge: (path: string, { width, height }: Size, { side, area }: SizeLimits) =>
    `${path} has ${width} × ${height} pixels, more than ${side} on a side or ${area} in all. Split it into smaller images.`,
  hung: (file: string | null, ms: number) =>
    `Reading ${file ?? oneOfSeveral} was stopped: it did not finish within ${duration(ms)}. It may be damaged; copy it again or remove it.`,
  needsMemory: (file: string | null) =>
    `${file ?? oneOfSeveral} needs more memory to read than one file may use. Split it into smaller ones or remove it.`,
  crashed: (file: string | null) =>
    `${file ?? oneOfSeveral} crashed the process that reads files. It may be damaged; copy it again or remove it.`,
  masksClosed: 'The masks are no longer open. Import the folder again.',
};

const oneOfSeveral = 'One of several files';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Largest side and area of an image, pixels. */
interface SizeLimits {
  readonly side: number;
  readonly area: number;
}

function duration(ms: number): string {
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 1000)} seconds`;
}
