import type { ViewedImage } from '../../contract/image-view.ts';

/** Image for tests: 8 bits, one band, no metadata. */
export function viewedImage(
  change: Partial<Omit<ViewedImage, 'display'>> & {
    readonly display?: Partial<ViewedImage['display']>;
  } = {},
): ViewedImage {
  const { display, ...rest } = change;
  const { width = 100, height = 80 } = rest;
  return {
    id: 1,
    name: 'one.dcm',
    format: 'dicom',
    width,
    height,
    bands: 1,
    sampleType: 'uint8',
    interpretation: 'grey',
    alpha: null,
    nodata: null,
    levels: [{ width, height }],
    spacing: null,
    geo: null,
    notes: [],
    edges: null,
    modality: null,
    series: null,
    isFilm: false,
    display: {
      rescale: null,
      modalityTable: null,
      windows: [],
      voiTable: null,
      isInverted: false,
      palette: null,
      unit: null,
      ...display,
    },
    ...rest,
  };
}
