import type { MaskSourceKind, SourceClass } from '../../../../contract/mask-sources.ts';
import { count, counted } from '../../../lib/format.ts';

type BySource<T> = Readonly<Record<MaskSourceKind, T>>;

const titles: BySource<(name: string, files: number) => string> = {
  masks: (_, files) => `${counted(files, 'mask')} next to the images`,
  beside: (_, files) => `${counted(files, 'file looks', 'files look')} like masks of other files`,
  'dicom-seg': (_, files) => counted(files, 'DICOM segmentation'),
  coco: (name) => name,
  cvat: (name) => name,
  geojson: (name, files) => (files === 1 ? name : `${count(files)} GeoJSON files`),
  gpkg: (name, files) => (files === 1 ? name : `${count(files)} GeoPackages`),
  geotiff: (name) => name,
  nifti: (name) => name,
  file: (name) => name,
};

const whys: BySource<string> = {
  masks:
    'Files with the same name in folders such as images and masks, or labels of nnU-Net and MONAI Label.',
  beside:
    'Their names and their few distinct values suggest masks. They are imported as masks, not as images; choose “No masks” if they are images.',
  'dicom-seg': 'Each is matched to the slices on which it was drawn.',
  coco: 'COCO outlines and run-length masks.',
  cvat: 'Segmentation masks as CVAT exports them.',
  geojson:
    'Polygons, placed on georeferenced images by their coordinates, or on the image with the same file name.',
  gpkg: 'Polygons, placed on georeferenced images by their coordinates, or on the image with the same file name.',
  geotiff: 'Labels on the pixel grid of the images.',
  nifti: 'A label map on the slices of a DICOM series.',
  file: 'The content of the file decides how it is read.',
};

export const masksIn = {
  title: 'Where do the masks come from?',
  chooseFile: 'Choose the file with the masks',
  looking: 'Reading the masks to find their classes',
  failed: 'These masks cannot be imported',
  sources: {
    titles,
    whys,
    file: {
      title: 'From a file…',
      why: 'COCO, GeoJSON, a GeoPackage, an archive from CVAT, a DICOM segmentation, a NIfTI label map of a DICOM series or a GeoTIFF of labels.',
    },
    none: { title: 'No masks', why: 'Outline the regions here, in the next step.' },
  },
  preview: {
    picture: (name: string) => `${name} with its mask`,
    previous: 'Previous image with a mask',
    next: 'Next image with a mask',
    place: (place: number, total: number) => `${count(place)} of ${count(total)}`,
  },
  property: {
    title: 'Which property names the class?',
    choose: 'Choose…',
    option: (name: string, values: number) => `${name} (${counted(values, 'value')})`,
  },
  found: (images: number, classes: number) =>
    `For ${counted(images, 'file')}, with ${counted(classes, 'class', 'classes')}.`,
  problems: (problems: number) =>
    `${counted(problems, 'item does', 'items do')} not fit and will be left out`,
  done: 'Mark these masks as done',
  doneWhy: (isComplete: boolean) =>
    isComplete
      ? 'Training treats their unmarked pixels as background.'
      : 'Polygons do not show whether every region is outlined. If you do not choose this, the masks are drafts for you to check.',
  replace: 'Replace masks in the project',
  replaceWhy: 'Otherwise an image keeps the mask that it has, and the import report lists it.',
  table: {
    inFile: 'In the file',
    share: 'Pixels',
    ambiguous: 'Value 255: a class, or “ignore”?',
    inProject: 'In the project',
    choose: 'Choose…',
    ofProject: 'Classes of the project',
    other: 'Or',
    create: 'A new class',
    background: 'Background',
    ignore: 'Ignore (not used for training)',
    becomes: (name: string) => `Class for ${name}`,
    newName: (name: string) => `Name of the new class for ${name}`,
    nameMissing: 'Enter a name',
    named: ({ name, number, colour }: Pick<SourceClass, 'name' | 'number' | 'colour'>) =>
      name ??
      (number !== null
        ? `Number ${number}`
        : colour === null
          ? 'The file’s no-data value'
          : `Colour ${colour}`),
  },
  missing: {
    looking: 'Reading the masks',
    failed: 'Choose other masks, or none',
    property: 'Choose the property first',
    classes: (undecided: number) => `${count(undecided)} without a class in the project`,
    names: (unnamed: number) => `${counted(unnamed, 'new class', 'new classes')} without a name`,
  },
};
