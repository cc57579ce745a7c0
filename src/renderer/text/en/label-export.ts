import type { LabelFormat } from '../../../contract/label-export.ts';
import { count, counted, roughDuration } from '../../lib/format.ts';

const formats: Record<LabelFormat, { readonly title: string; readonly why: string }> = {
  png: {
    title: 'Masks as PNG',
    why: 'One indexed PNG per image and a list of classes. Most tools read it.',
  },
  coco: {
    title: 'COCO',
    why: 'One JSON file for all images, with exact run lengths.',
  },
  geotiff: {
    title: 'GeoTIFF',
    why: 'Label rasters that lie on the map where their images do.',
  },
  geojson: {
    title: 'GeoJSON',
    why: 'Polygons of the marked regions, with their areas: in longitude and latitude, or in pixels where an image lies nowhere on Earth.',
  },
  gpkg: {
    title: 'GeoPackage',
    why: 'The same polygons in the image’s own coordinates, for QGIS and other GIS programs.',
  },
  nifti: {
    title: 'NIfTI',
    why: 'One label volume for each volume, as nnU-Net has them.',
  },
  'dicom-seg': {
    title: 'DICOM segmentation',
    why: 'One for each series or file, for viewers and archives. Nothing of the patient is written.',
  },
  csv: {
    title: 'Classes as a table',
    why: 'CSV with one row per image: path, label, split, group. Where regions are outlined, the label is every class that the mask shows.',
  },
};

export const labelExportText = {
  open: 'Export labels…',
  title: 'Export labels',
  looking: 'Looking at the files…',
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
    done: (masks: number) => `Only those done (${count(masks)})`,
  },
  nothing: 'Nothing is marked as done yet',
  chooseTitle: 'Choose a folder for the labels',
  choose: 'Choose a folder…',
  kept: 'Nothing in the folder is replaced, and images are not copied.',
  progress: (done: number, total: number) =>
    `Writing labels: ${count(done)} of ${counted(total, 'image')}`,
  left: (seconds: number) => `${roughDuration(seconds)} left`,
  stop: 'Stop',
  done: (images: number, files: number) =>
    `Labels of ${counted(images, 'image')} are in ${counted(files, 'file')}`,
  stopped: (files: number) => `Stopped. ${counted(files, 'file')} that are there are whole`,
  nothingWritten: 'None of the images fits this format',
  unmarked: (images: number) => `${counted(images, 'image')} without labels`,
  leftOut: (images: number) => `${counted(images, 'image')} left out, with the reasons`,
  show: 'Show in folder',
  other: 'Another format',
};
