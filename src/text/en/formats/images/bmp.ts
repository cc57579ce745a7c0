/** Messages about BMP files. */
export const bmpText = {
  /** @param why one of the reasons below */
  invalid: (path: string, why: string) =>
    `${path} is not a valid BMP file: ${why}. Copy it again or remove it.`,
  cutShort: 'it is cut short',
  unknownHeader: (bytes: number) => `its header claims ${bytes} bytes`,
  impossibleSize: (width: number, height: number) => `its size is ${width} × ${height} pixels`,
  unknownBits: 'its number of bits per pixel is not valid',
  pixelsInHeader: (byte: number) =>
    `it states that its pixels begin at byte ${byte}, which is within its header`,
  packingDoesNotFit: (packing: number, bits: number) =>
    `it is packed in a way (${packing}) that does not fit ${bits} bits`,
  masksWithGaps: 'its colour masks have gaps',
  noPalette: 'it has no palette',
  outsidePalette: (colour: number, colours: number) =>
    `a pixel has colour ${colour} of a palette of ${colours}`,
  tooFewBytes: (bytes: number, { width, height }: Size) =>
    `its ${bytes} bytes cannot hold the ${width} × ${height} pixels in its header`,

  /** @param packing one of the names below */
  unsupportedPacking: (path: string, packing: string) =>
    `${path} is a BMP file with ${packing} inside, which is not supported. Save it as PNG.`,
  huffman: 'Huffman codes',
  jpegOrRuns: 'JPEG or 24-bit run lengths',
  png: 'PNG',
  deepColours: (path: string, bits: number) =>
    `${path} is a BMP file with ${bits}-bit colours, which is not supported. Save it as 16-bit PNG.`,
  /** @param bits of each colour, as "5, 6, 5" */
  converted: (bits: string) => `Its ${bits}-bit colours were converted to 8 bits.`,
};

interface Size {
  readonly width: number;
  readonly height: number;
}
