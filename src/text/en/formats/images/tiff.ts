/** Messages about TIFF files. */
export const tiffText = {
  /** @param why one of the reasons below, or one of `tiffBlockText` */
  damaged: (path: string, why: string) => `${path} is damaged: ${why}. Copy it again or remove it.`,
  empty: 'it is empty',
  noHeader: 'it does not begin with a TIFF header',
  cutShort: 'it is cut short',
  outsideFile: (byte: number) => `it is cut short, or points outside itself (byte ${byte})`,
  noPage: 'it has no page',
  wrongFieldCount: (fields: number) => `a page lists ${fields} fields`,
  impossibleSize: ({ width, height }: Size) => `it has a page of ${width} × ${height} pixels`,
  impossibleBands: (bands: number) => `it has a page of ${bands} bands`,
  impossibleBlocks: ({ width, height }: Size) => `it has blocks of ${width} × ${height} pixels`,
  unknownFormat: (format: number) => `it has values of the unknown format ${format}`,
  unknownPredictor: (predictor: number) => `it has the unknown predictor ${predictor}`,
  unknownCompression: (scheme: number) => `it has the unknown compression ${scheme}`,
  floatPredictor: 'it stores whole numbers as differences of floating-point numbers',
  noPlaces: 'a page does not state where its pixels are stored',
  placesMissing: 'it does not state where all its pixels are stored',
  changed: 'a page has changed since it was opened',

  /** @param what one of the kinds of values below, or of `tiffPhotometrics` or `tiffCompressions` */
  unsupported: (path: string, what: string) =>
    `${path} has ${what}, which is not supported. Save it as an ordinary TIFF or GeoTIFF (grey, RGB or bands; uncompressed, LZW or Deflate).`,
  cameraRaw: 'the raw values of a camera (DNG)',
  mixedBands: 'bands of different types',
  complexValues: 'complex values',
  floatBits: (bits: number) => `floating-point values of ${bits} bits`,
  wholeBits: (bits: number) => `whole numbers of ${bits} bits`,
  differenceBits: (bits: number) => `values of ${bits} bits stored as differences`,
  plainYcbcr: 'YCbCr colours without JPEG compression',
  /** @param scheme name of a compression, as "JPEG" */
  compressedBits: (scheme: string, bits: number) => `${scheme} of ${bits} bits`,
  jpegBits: (bits: number) => `JPEG compression of ${bits} bits`,
  otherJpeg: 'lossless or arithmetic JPEG compression',
  largeLerc: 'very large LERC blocks',

  /** @param fault one of the faults below. @param advice one of `tiffAdvice` */
  tooLarge: (path: string, fault: string, advice: string) => `${path} ${fault}. ${advice}`,
  tooManyBands: (bands: number, limit: number) => `has ${bands} bands, more than ${limit}`,
  tooManyPages: (pages: number) => `has ${pages} pages`,
  morePages: (limit: number) => `has more than ${limit} pages`,
  tooManyFields: 'lists more pages and fields than can be read',
  largeBlocks: ({ width, height }: Size) =>
    `is compressed in blocks of ${width} × ${height} pixels, more than can be decoded at once`,
};

/** Last sentences of messages about TIFF files that are too large. */
export const tiffAdvice = {
  fewerBands: 'Save fewer of them.',
  split: 'Split it into several files.',
  saveOrSplit: 'Save it again, or split it into several files.',
  smallerTiles: 'Save it with smaller tiles.',
};

/** Notes about TIFF files that are read. */
export const tiffNotes = {
  mask: 'The file has a mask of valid pixels, which is not applied.',
  palettes: 'The pages have different palettes; all are shown with the palette of the first page.',
  /** @param sizes of the first of the pages */
  otherPages: (pages: number, sizes: readonly Size[]) =>
    `${pagesWere(pages)} ignored because of another size or kind (${sizes.map(({ width, height }) => `${width} × ${height}`).join(', ')}${pages > sizes.length ? ', …' : ''} px).`,
  unreadablePages: (pages: number) => `${pagesWere(pages)} ignored as unreadable.`,
  circular: 'The list of pages is circular and is read once.',
  endsEarly: (page: number) =>
    `The list of pages ends early, after page ${page}; the file may be cut short.`,
  premultiplied: 'The colours are stored multiplied by the alpha band and are read unchanged.',
  ownScales: 'The bands have scales and offsets of their own, which are not applied.',

  printResolution: (perInch: number) =>
    `The file states ${perInch} pixels per inch, a typical print setting, so the size of its pixels is treated as unknown.`,
  noPosition: 'The file states a coordinate system but not the position of its pixels in it.',
  webMercator:
    'Web Mercator stretches distances: at latitude φ a metre of its coordinates is cos φ metres on the ground.',
  unknownUnit: 'The unit of the coordinates is unknown, so distances cannot be measured.',
  controlPoints: 'The file is georeferenced by ground control points, which are not used.',
};

/** Names for coordinate systems that have none. */
export const namelessSystems = {
  projected: 'a projection without a name',
  geographic: 'geographic coordinates without a name',
};

interface Size {
  readonly width: number;
  readonly height: number;
}

function pagesWere(pages: number): string {
  return pages === 1 ? 'One page was' : `${pages} pages were`;
}
