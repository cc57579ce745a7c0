/** Messages about masks that are images, and about which image each of them belongs to. */
export const pairedMaskText = {
  noImage: 'no image has the name of this mask, or that image already has another mask',
  severalMasks: (masks: readonly string[]) =>
    `it has more than one mask (${masks.join(' and ')}); none was imported. Keep one of them`,
  /** @param name for the mask, if it belongs to this image */
  severalImages: (mask: string, others: readonly string[], name: string) =>
    `the mask ${mask} may belong to this image or to ${others.join(', ')}; it was not imported. If it belongs here, rename it to ${name}`,

  doesNotOverlap: (path: string) =>
    `${path} does not overlap its image, according to their coordinates. Check which image it belongs to.`,
  /** @param page from 1 */
  tooFewPages: (path: string, pages: number, page: number) =>
    `${path} has ${pages} pages, but its image has more: page ${page} has no mask. Save a mask with as many pages.`,
  niftiWithoutVolume: (name: string) =>
    `${name} is a NIfTI label map, but its image is not a NIfTI volume, so the two cannot be aligned. Save the mask as PNG or TIFF.`,

  jpeg: (path: string) =>
    `${path} is a JPEG file, which changes the values of a mask. Save masks as PNG or TIFF.`,
  lossyWebp: (path: string) =>
    `${path} is a lossy WebP file, which changes the values of a mask. Save masks as PNG or TIFF.`,
  lossyCompression: (path: string, compression: string) =>
    `${path} has lossy compression (${compression}), which changes the values of a mask. Save masks as PNG, or as TIFF with LZW or Deflate.`,
  tooManyBands: (path: string, bands: number) =>
    `${path} has ${bands} bands, but a mask has one band of class numbers, or colours. Save the band that is the mask.`,
  wideColours: (path: string) =>
    `${path} has 16-bit colours. Save the mask with class numbers or 8-bit colours.`,
  partlyTransparent: (path: string) =>
    `${path} has partly transparent colours, which a mask cannot have. Save it without transparency.`,
  numberOutside: (path: string, number: number) =>
    `${path} has the number ${number}, but class numbers in a mask are 0 to 255. Save it with numbers in this range.`,
  notWhole: (path: string, value: number) =>
    `${path} has a value that is not a whole number (${value}), but class numbers in a mask are 0 to 255. Save it with numbers in this range.`,
  tooManyColours: (path: string, limit: number) =>
    `${path} has more than ${limit} colours: it is not a mask, or it was saved with lossy compression. Save it as PNG.`,

  /** @param place folder or file of the masks */
  tooManyClasses: (place: string, limit: number) =>
    `The masks of ${place} have more than ${limit} classes, the limit of a mask. Merge classes first.`,
  blurred: (place: string, shades: number, largest: number) =>
    `The masks of ${place} have ${shades} shades of a few pixels each between 0 and ${largest}: their edges are blurred, or they were saved with lossy compression. Save them as PNG without smoothing, so that every pixel has the number of its class.`,
  newColour: (path: string, colour: readonly number[]) =>
    `${path} has the colour ${colour.join(',')}, which appeared after the masks were inspected. Import the folder again.`,
  newNumber: (path: string, number: number) =>
    `${path} has the number ${number}, which appeared after the masks were inspected. Import the folder again.`,
};
