import type { LabelFormat } from '../../../../contract/label-export.ts';
import { count, counted, roughDuration } from '../../../lib/format.ts';

const formats: Record<LabelFormat, { readonly title: string; readonly why: string }> = {
  png: {
    title: 'Masks as PNG',
    why: 'One indexed PNG per image and a list of classes. Most tools read it.',
  },
  coco: {
    title: 'COCO',
    why: 'One JSON file for all images, with masks run-length encoded, pixel for pixel.',
  },
  geotiff: {
    title: 'GeoTIFF',
    why: 'Label rasters, georeferenced like their images.',
  },
  geojson: {
    title: 'GeoJSON',
    why: 'Polygons of the marked regions, with their areas: in longitude and latitude, or in pixels if an image is not georeferenced.',
  },
  gpkg: {
    title: 'GeoPackage',
    why: 'The same polygons in the image’s own coordinates, for QGIS and other GIS programs.',
  },
  nifti: {
    title: 'NIfTI',
    why: 'One label volume per image volume, as nnU-Net uses them.',
  },
  'dicom-seg': {
    title: 'DICOM segmentation',
    why: 'One file per series or image file, for viewers and archives. No patient data is written.',
  },
  csv: {
    title: 'Classes as a table',
    why: 'CSV with one row per image: path, label, split, group. In projects with masks, the label lists every class in the mask.',
  },
};

export const labelExportText = {
  open: 'Export labels…',
  title: 'Export labels',
  looking: 'Reading the files…',
  failed: 'Labels could not be exported',
  format: 'Format',
  formats,
  fits: {
    all: 'Fits these images.',
    some: 'Fits some of these images; the others are left out.',
    none: 'Does not fit these images.',
  },
  masks: 'Which masks',
  which: {
    all: (masks: number) => `All masks (${count(masks)})`,
    done: (masks: number) => `Only masks marked as done (${count(masks)})`,
  },
  nothing: 'Nothing is marked as done yet',
  chooseTitle: 'Choose a folder for the labels',
  choose: 'Choose a folder…',
  kept: 'No file in the folder is replaced, and images are not copied.',
  progress: (done: number, total: number) =>
    `Writing labels: ${count(done)} of ${counted(total, 'image')}`,
  left: (seconds: number) => `${roughDuration(seconds)} left`,
  stop: 'Stop',
  done: (images: number, files: number) =>
    `Labels of ${counted(images, 'image')} are in ${counted(files, 'file')}`,
  stopped: (files: number) => `Stopped. ${counted(files, 'complete file')} written`,
  nothingWritten: 'None of the images fits this format',
  unmarked: (images: number) => `${counted(images, 'image')} without labels`,
  leftOut: (images: number) => `${counted(images, 'image')} left out, with the reasons`,
  show: 'Show in folder',
  other: 'Another format',
};
