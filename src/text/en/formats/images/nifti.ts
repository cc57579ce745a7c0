/** Messages about NIfTI files. */
export const niftiText = {
  rounded: 'Some values are beyond ±2^53, where float64 rounds.',
  /** @param why one of the reasons below */
  invalid: (path: string, why: string) =>
    `${path} is not a valid NIfTI file: ${why}. Copy it again or remove it.`,
  noMagicNumber: 'its header has no NIfTI magic number',
  axisCount: (axes: number) => `it states ${axes} axes, and a NIfTI file has 1 to 7`,
  axisLength: (length: number) => `one of its axes has a length of ${length}`,
  voxelOffset: (byte: number) =>
    `it states that its voxels begin at byte ${byte}, which is not a place after its header`,
  largerThanFiles: (shape: readonly number[]) =>
    `its axes of ${shape.join(' × ')} need more bytes than any file can hold`,
  cutShort: (bytes: number, needed: number) => `it is cut short: ${bytes} bytes of ${needed}`,
  implausible: 'it is cut short, or its header claims more than the file can hold',
  surplus: 'its compressed data is much longer than its header states',
  unknownType: (code: number) => `its voxels have the unknown type code ${code}`,

  notUnpacked: (path: string) =>
    `${path} is damaged or cut short and cannot be unpacked. Copy it again or remove it.`,
  tooLargeUnpacked: (path: string, bytes: number, limit: number) =>
    `${path} holds ${bytes} bytes after decompression, more than the limit of ${limit}. Decompress it (gunzip); it can then be read in parts.`,
  tooManyFrames: (path: string, frames: number, limit: number) =>
    `${path} has ${frames} slices and time points, more than the limit of ${limit}. Split it into smaller files.`,
  tooManyBands: (path: string, bands: number, limit: number) =>
    `${path} has ${bands} bands, more than the limit of ${limit}. Split it into files with fewer bands.`,
  tooManyAxes: (path: string, shape: readonly number[]) =>
    `${path} has ${shape.length} axes (${shape.join(' × ')}), which is not supported beyond space and time. Save it as one volume, or as a series of volumes in time.`,
  /** @param type one of the types below */
  unsupportedType: (path: string, type: string) =>
    `${path} holds ${type}, which is not supported. Save it as integers, or as 32-bit or 64-bit floating point.`,
  singleBits: 'single bits',
  complexNumbers: 'complex numbers',
  wideFloats: '128-bit floating point',

  headerNotHdr: (path: string) =>
    `${path} is the header of a NIfTI pair, but its name does not end in .hdr, so the file with its voxels cannot be found. Rename both files so that they end in .hdr and .img.`,
  voxelsMissing: (path: string) =>
    `${path} is only a header: the file with its voxels, ending in .img, is not in the same folder. Put it there.`,
};

/** Notes about NIfTI volumes that are read. */
export const niftiNotes = {
  formDamaged: (form: string) => `Its ${form} is damaged and was ignored.`,
  noOrientation:
    'The file does not state the orientation of the volume: the first axis is assumed to point left, the second to the front, the third to the head.',
  /** @param degrees whole degrees */
  tilted: (degrees: number) =>
    `The volume is tilted by ${degrees}°: its slices are shown as stored and named after the nearest plane.`,
  voxelSize: (sizes: readonly number[]) =>
    `The file gives an unusable voxel size (${sizes.join(', ')}): 1 is assumed, and lengths along that axis are not measured.`,
  noUnit: 'The file does not state the unit of its sizes: millimetres are assumed.',
  wideIntegers: (type: string) =>
    `Stored as ${type} and read as float64, which is exact for values up to ±2^53.`,
  intercept: 'Its intercept (scl_inter) is not a number: 0 is used.',
};
