import { tiffCompressions, tiffPhotometrics } from '../../../text/index.ts';

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

/** Meaning of a pixel's samples (tag 262). */
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
  [5, tiffPhotometrics.cmyk],
  [8, tiffPhotometrics.cieLab],
  [9, tiffPhotometrics.iccLab],
  [10, tiffPhotometrics.ituLab],
  [32803, tiffPhotometrics.colourFilterArray],
  [32844, tiffPhotometrics.logLuminance],
  [32845, tiffPhotometrics.logLuv],
  [34892, tiffPhotometrics.linearRaw],
]);

/** Compression schemes that are refused, by name. */
export const refusedCompressions: ReadonlyMap<number, string> = new Map([
  [2, tiffCompressions.modifiedHuffman],
  [3, tiffCompressions.faxGroup3],
  [4, tiffCompressions.faxGroup4],
  [6, tiffCompressions.oldJpeg],
  [9, tiffCompressions.jbig],
  [10, tiffCompressions.jbig],
  [32766, tiffCompressions.next],
  [32771, tiffCompressions.ccittWords],
  [32809, tiffCompressions.thunderScan],
  [32909, tiffCompressions.pixarLog],
  [33003, tiffCompressions.jpeg2000],
  [33004, tiffCompressions.jpeg2000],
  [33005, tiffCompressions.jpeg2000],
  [34661, tiffCompressions.jbig],
  [34676, tiffCompressions.sgiLog],
  [34677, tiffCompressions.sgiLog],
  [34712, tiffCompressions.jpeg2000],
  [34892, tiffCompressions.rawJpeg],
  [34925, tiffCompressions.lzma],
  [34926, tiffCompressions.oldZstd],
  [34933, tiffCompressions.png],
  [34934, tiffCompressions.jpegXr],
  [22610, tiffCompressions.jpegXr],
  [50002, tiffCompressions.jpegXl],
  [52546, tiffCompressions.jpegXl],
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
