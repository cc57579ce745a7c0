/**
 * Numbers of TIFF 6.0 (Adobe, 1992), its Technical Notes, BigTIFF, GeoTIFF 1.1 (OGC 19-008r4) and
 * GDAL's private tags.
 */
export const tags = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  description: 270,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  resolutionUnit: 296,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subDirectories: 330,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  modelPixelScale: 33550,
  modelTiepoint: 33922,
  modelTransformation: 34264,
  geoKeyDirectory: 34735,
  geoDoubles: 34736,
  geoTexts: 34737,
  gdalMetadata: 42112,
  gdalNodata: 42113,
  lercParameters: 50674,
  dngVersion: 50706,
} as const;

/** What the samples of a pixel are (tag 262). */
export const photometrics = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  mask: 4,
  ycbcr: 6,
} as const;

/** Photometric interpretations that are refused, by name. */
export const refusedPhotometrics: ReadonlyMap<number, string> = new Map([
  [5, 'CMYK colours'],
  [8, 'CIE L*a*b* colours'],
  [9, 'ICC L*a*b* colours'],
  [10, 'ITU L*a*b* colours'],
  [32803, 'the raw values of a camera sensor (colour filter array)'],
  [32844, 'CIE log luminance'],
  [32845, 'CIE log luminance and colour (LogLuv)'],
  [34892, 'the raw values of a camera (linear raw)'],
]);

/** Compression schemes that are refused, by name. */
export const refusedCompressions: ReadonlyMap<number, string> = new Map([
  [2, 'CCITT fax compression (modified Huffman)'],
  [3, 'CCITT fax compression (group 3)'],
  [4, 'CCITT fax compression (group 4)'],
  [6, 'JPEG compression of the old style'],
  [9, 'JBIG compression'],
  [10, 'JBIG compression'],
  [32766, 'NeXT compression'],
  [32771, 'CCITT compression (word-aligned)'],
  [32809, 'ThunderScan compression'],
  [32909, 'PixarLog compression'],
  [33003, 'JPEG 2000 compression'],
  [33004, 'JPEG 2000 compression'],
  [33005, 'JPEG 2000 compression'],
  [34661, 'JBIG compression'],
  [34676, 'SGI log compression'],
  [34677, 'SGI log compression'],
  [34712, 'JPEG 2000 compression'],
  [34892, 'lossy JPEG compression of camera raws'],
  [34925, 'LZMA compression'],
  [34926, 'zstd compression with an old number'],
  [34933, 'PNG compression'],
  [34934, 'JPEG XR compression'],
  [22610, 'JPEG XR compression'],
  [50002, 'JPEG XL compression'],
  [52546, 'JPEG XL compression'],
]);

/** Bytes of one value of every field type. */
export const fieldSizes: ReadonlyMap<number, number> = new Map([
  [1, 1], // BYTE
  [2, 1], // ASCII
  [3, 2], // SHORT
  [4, 4], // LONG
  [5, 8], // RATIONAL
  [6, 1], // SBYTE
  [7, 1], // UNDEFINED
  [8, 2], // SSHORT
  [9, 4], // SLONG
  [10, 8], // SRATIONAL
  [11, 4], // FLOAT
  [12, 8], // DOUBLE
  [13, 4], // IFD
  [16, 8], // LONG8
  [17, 8], // SLONG8
  [18, 8], // IFD8
]);
