/** Damage in the strips and tiles of TIFF files; each is a reason for `tiffText.damaged`. */
export const tiffBlockText = {
  shorterThanPixels: 'a block is shorter than its pixels',
  tooShort: 'a block is shorter than its pixels can be',
  noLengths: 'it does not state the length of its blocks',
  notDecoded: 'a part of its pixels cannot be decoded',
  otherValues: 'some of its pixels have a different type or size',
  pixelsMissing: 'a part of its pixels is missing',

  notJpeg: 'a block is not a JPEG stream',
  jpegBands: (bands: number, expected: number) =>
    `a JPEG block has ${bands} bands instead of ${expected}`,
  jpegFrame: (found: BlockSize, expected: BlockSize) =>
    `a JPEG block has ${found.width} × ${found.height} pixels of ${found.bands} components instead of ${expected.width} × ${expected.height} of ${expected.bands}`,

  notWebp: 'a block is not a WebP stream',
  webpBands: (bands: number, expected: number) =>
    `a WebP block has ${bands} bands instead of ${expected}`,
  webpSize: (found: Size, expected: Size) =>
    `a WebP block has ${found.width} × ${found.height} pixels instead of ${expected.width} × ${expected.height}`,

  lercSize: (found: BlockSize, expected: BlockSize) =>
    `a LERC block has ${found.width} × ${found.height} values of ${found.bands} bands instead of ${expected.width} × ${expected.height} of ${expected.bands}`,
  lercPacking: (packing: number) => `it has LERC in the unknown packing ${packing}`,
};

/** Photometric interpretations of TIFF that are not supported. */
export const tiffPhotometrics = {
  cmyk: 'CMYK colours',
  cieLab: 'CIE L*a*b* colours',
  iccLab: 'ICC L*a*b* colours',
  ituLab: 'ITU L*a*b* colours',
  colourFilterArray: 'the raw values of a camera sensor (colour filter array)',
  logLuminance: 'CIE log luminance',
  logLuv: 'CIE log luminance and colour (LogLuv)',
  linearRaw: 'the raw values of a camera (linear raw)',
};

/** Compressions of TIFF that are not supported. */
export const tiffCompressions = {
  modifiedHuffman: 'CCITT fax compression (modified Huffman)',
  faxGroup3: 'CCITT fax compression (group 3)',
  faxGroup4: 'CCITT fax compression (group 4)',
  ccittWords: 'CCITT compression (word-aligned)',
  oldJpeg: 'JPEG compression of the old style',
  rawJpeg: 'lossy JPEG compression of camera raws',
  jbig: 'JBIG compression',
  next: 'NeXT compression',
  thunderScan: 'ThunderScan compression',
  pixarLog: 'PixarLog compression',
  jpeg2000: 'JPEG 2000 compression',
  sgiLog: 'SGI log compression',
  lzma: 'LZMA compression',
  oldZstd: 'zstd compression with an old number',
  png: 'PNG compression',
  jpegXr: 'JPEG XR compression',
  jpegXl: 'JPEG XL compression',
};

interface Size {
  readonly width: number;
  readonly height: number;
}

interface BlockSize extends Size {
  /** Values per pixel. */
  readonly bands: number;
}
