/**
 * Faults of DICOM files. Each continues the name of its file ("scan.dcm is cut short"); `dicomAdvice` ends the message.
 */
export const dicomText = {
  /** @param fault one of the faults below. @param advice one of `dicomAdvice` */
  message: (path: string, fault: string, advice: string) => `${path} ${fault}. ${advice}`,
  /** @param fault one of the faults below. @param frame from 1 */
  inFrame: (fault: string, frame: number) => `${fault} (frame ${frame})`,

  noHeader: 'is not a DICOM file: it has no file header',
  cutShort: 'is cut short',
  cutShortBeforePixels: 'is cut short before its pixels',
  cutShortInFrame: (needed: number, present: number) =>
    `is cut short: a frame needs ${needed} bytes, but only ${present} are present`,
  noWholeFrame: 'is cut short: no frame is complete',
  deflatedTooLarge: (limit: number) => `is deflated and has more than ${limit} bytes`,
  inflatedTooLarge: (limit: number) => `inflates to more than ${limit} bytes`,
  notInflated: 'cannot be inflated',

  tooManyElements: (limit: number) => `has more than ${limit} elements before its pixels`,
  tooManyAttributes: (limit: number) => `claims more than ${limit} bytes of attributes`,
  noElement: (byte: number) => `has no DICOM element at byte ${byte}`,
  deepSequences: (limit: number) => `nests sequences more than ${limit} deep`,
  brokenSequence: (byte: number) => `has a broken sequence at byte ${byte}`,
  brokenItem: (byte: number) => `has a broken item at byte ${byte}`,
  longItem: (byte: number) => `has an item at byte ${byte} that is longer than it states`,
  brokenFragment: (byte: number) => `has a broken fragment at byte ${byte}`,
  notWhole: (keyword: string) => `has a ${keyword} that is not a whole number`,

  /** @param kind one of `dicomKinds` */
  otherKind: (kind: string) => `is a DICOM ${kind}, which contains no image`,
  pixelsOnServer: 'contains no pixels, only the address of a server that has them',
  pixelsMissing: 'describes an image, but has no pixels',
  noImage: 'is a DICOM file without an image',

  unknownSyntax: 'is coded in an unknown transfer syntax, which is not supported',
  /** @param coding one of `dicomCodings` */
  unsupportedSyntax: (coding: string, uid: string) =>
    `is coded as ${coding} (${uid}), which is not supported`,

  impossibleSize: (columns: number, rows: number) =>
    `describes an image of ${columns} × ${rows} pixels`,
  tooManyPixels: ({ columns, rows, limit }: PixelCount) =>
    `has ${columns} × ${rows} pixels, more than the limit of ${limit}`,
  attributeMissing: (keyword: string) =>
    `has pixels, but no DICOM attribute ${keyword}, which describes them`,
  impossibleFrames: (frames: number) => `claims ${frames} frames`,
  tooManyFrames: (frames: number, limit: number) =>
    `has ${frames} frames, more than the limit of ${limit}`,
  largeFrames: (bytes: number, limit: number) =>
    `has frames that would take ${millions(bytes)} MB of memory to decode, more than the limit of ${millions(limit)} MB`,
  tooManyBands: (bands: number, limit: number) =>
    `has ${bands} bands, more than the limit of ${limit}`,
  unsupportedBits: (bits: number) => `has ${bits} bits per value, which is not supported`,
  bitsDoNotFit: (stored: number, allocated: number) => `stores ${stored} bits in ${allocated}`,
  representation: (value: number) => `has the pixel representation ${value}`,

  noPhotometric: 'does not state its photometric interpretation',
  unknownPhotometric: 'has a photometric interpretation that the DICOM standard does not define',
  unsupportedPhotometric: (name: string) =>
    `has the photometric interpretation ${name}, which is not supported`,
  otherSamples: (samples: number, photometric: string, needed: number) =>
    `has ${samples} values per pixel, but ${photometric} needs ${needed}`,
  planar: (value: number) => `has the planar configuration ${value}`,
  floatColours: 'has floating-point colours',
  notJpeg2000: (photometric: string) =>
    `has JPEG 2000 colours (${photometric}) but is not compressed with JPEG 2000`,
  partial420: 'has uncompressed YBR_PARTIAL_420 pixels, which are not supported',

  negativePalette: 'has a palette for negative values, which is not supported',
  deepPalette: 'has a palette for more than 16 bits',
  brokenPalette: 'has a broken segmented palette',
  paletteCutShort: 'has a segmented palette that is cut short',
  tableUndescribed: 'has a lookup table without a description',
  tableBits: (bits: number) => `has a lookup table of ${bits} bits`,
  tableCutShort: 'has a lookup table that is cut short',
  tableEmpty: 'has a lookup table without entries',
  rescale: 'has a rescale slope or intercept that is not a number',
};

/** Faults of DICOM frames and of the images compressed in them; like `dicomText`. */
export const dicomFrameText = {
  unexpectedFragments: 'has fragments, although its pixels are uncompressed',
  noFragments: 'has no fragments, although its pixels are compressed',
  compressedFloats: 'has compressed floating-point pixels',
  largeFrame: (bytes: number) => `has a compressed frame of ${bytes} bytes`,
  tooManyFragments: (limit: number) => `has more than ${limit} fragments`,
  noOffsets: 'has compressed pixels without an offset table',
  brokenOffsets: 'has a broken offset table',
  unclearFragments: 'does not state which of its fragments form a frame',
  oddColumns: 'shares chroma values between pairs of pixels, but has an odd number of columns',

  otherSize: (found: FrameSize, stated: FrameSize) =>
    `contains a frame of ${found.width} × ${found.height} pixels, but its header states ${stated.width} × ${stated.height}`,
  otherSamples: (found: number, stated: number) =>
    `contains a frame of ${found} values per pixel, but its header states ${stated}`,
  otherBits: (found: number, stated: number) =>
    `contains a frame of ${found}-bit values, but its header states ${stated} bits`,
  tooLarge: ({ width, height }: FrameSize) =>
    `has compressed frames of ${width} × ${height} pixels, too many for the decoder`,
  damaged: 'contains a damaged compressed frame',
  otherLength: (bytes: number, expected: number) =>
    `decodes to ${bytes} bytes instead of ${expected}`,

  notJpeg: 'contains a frame that is not a JPEG',
  jpegProcess: (process: number, bits: number) =>
    `contains a JPEG of process ${process} and ${bits} bits, which is not supported`,
  notJpegLs: 'contains a JPEG that is not JPEG-LS',
  jpegHeader: 'contains a JPEG with a damaged header',
  jpegWithoutImage: 'contains a JPEG with a damaged header or without an image',
  jpegScan: 'contains a JPEG whose scan contradicts its kind',
  jpegCutShort: 'contains a JPEG that is cut short',
  jpegScans: (count: number) => `contains a JPEG of ${count} scans`,
  notJpeg2000: 'contains a frame that is not a JPEG 2000',
  jp2WithoutImage: 'contains a JP2 file without an image',
  jpeg2000CutShort: 'contains a JPEG 2000 that is cut short',
  jpeg2000Components: 'contains a JPEG 2000 whose components differ in size or depth',
  jpeg2000Colours: (bits: number) =>
    `contains a JPEG 2000 colour image of ${bits} bits, which is not supported`,

  rleBits: 'has run-length coded 1-bit pixels',
  rleCutShort: 'has an RLE frame that is cut short',
  rleSegments: (count: number, expected: number) =>
    `has an RLE frame of ${count} segments, not ${expected}`,
  rleOffsets: 'has an RLE frame with broken offsets',
  rleSegmentCutShort: 'has an RLE segment that is cut short',
};

/** Last sentences of messages about DICOM files. */
export const dicomAdvice = {
  copyAgain: 'Copy it again or remove it.',
  cut: 'Split it into smaller images.',
  saveAsRgb: 'Save it as RGB.',
  saveWithOtherBits: 'Save it with 8, 16 or 32 bits.',
  uncompress: 'Convert it to an uncompressed DICOM file.',
  addHeader: 'If it is a data set without a header, save it as a DICOM file; otherwise remove it.',
  chooseImages: 'Choose the images that it belongs to.',
  download: 'Download the complete file.',
  chooseOther: 'Choose another file.',
};

/** Notes about DICOM images that are read. */
export const dicomNotes = {
  tiles: (width: number | null, height: number | null) =>
    `The frames are tiles of a slide of ${width ?? '?'} × ${height ?? '?'} pixels; each tile is an image of its own.`,
  dose: (scaling: number) =>
    `The dose is the stored value times ${scaling}; values are read without this scaling.`,
  paddingRange:
    'A range of values marks padding; only the first value of the range is treated as padding.',
  lumaAndChroma: (photometric: string) => `Values are luma and chroma, as stored (${photometric}).`,
  ownChroma: (photometric: string) =>
    `Every pixel has its own chroma values, although ${photometric} states that two pixels share them.`,
  rescaledPerFrame:
    'Values are rescaled when they are read, because each frame has its own rescaling.',
  windowsDiffer:
    'The display windows of the first frame are used for all frames, although others differ.',
  voiTable: 'The VOI lookup table is damaged and is ignored.',
  highBit: (bit: number) =>
    `The high bit ${bit} is not possible; values are read from the lowest bits.`,
  spacingOfDetector:
    'The pixel spacing is that of the detector; objects in front of it are smaller.',
  spacingOfScanner: 'The pixel spacing is that of the film scanner.',
  spacingDiffers: 'The pixel spacing differs from frame to frame.',
  sizeOfTile:
    "The size within a compressed frame is damaged; the size of its only tile was used, which is also the header's.",
  surplusPixels: (declared: number) =>
    `The file holds more pixels than its ${declared} declared frames need; only the declared frames are read.`,
  cutShort: (held: number, declared: number) =>
    `The file contains only ${held} of its ${declared} frames: it is cut short.`,
  fewerFrames: (held: number, declared: number) =>
    `The file contains only ${held} of its ${declared} frames: it declares more than it holds.`,
};

interface PixelCount {
  readonly columns: number;
  readonly rows: number;
  readonly limit: number;
}

interface FrameSize {
  readonly width: number;
  readonly height: number;
}

function millions(count: number): number {
  return Math.round(count / 1e6);
}
