import type { MaskSourceKind, SourceClass } from '../../../contract/mask-sources.ts';
import { count, counted } from '../../lib/format.ts';

type BySource<T> = Readonly<Record<MaskSourceKind, T>>;

const titles: BySource<(name: string, files: number) => string> = {
  masks: (_, files) => `${counted(files, 'mask')} beside the images`,
  beside: (_, files) => `${counted(files, 'file looks', 'files look')} like masks of the others`,
  'dicom-seg': (_, files) => counted(files, 'DICOM segmentation'),
  coco: (name) => name,
  cvat: (name) => name,
  geojson: (name) => name,
  geotiff: (name) => name,
  nifti: (name) => name,
  file: (name) => name,
};

const whys: BySource<string> = {
  masks:
    'Files of the same name in folders such as images and masks, or labels of nnU-Net and MONAI Label.',
  beside:
    'By their names and the few values in them. They come in as masks and not as images; choose “No masks” if they are images.',
  'dicom-seg': 'They go to the slices that they were made on.',
  coco: 'Outlines and run lengths of COCO.',
  cvat: 'Segmentation masks as CVAT exports them.',
  geojson: 'Polygons, laid on images that say where they lie on Earth.',
  geotiff: 'Labels on the grid of the images.',
  nifti: 'A label map that lies on the slices of a DICOM series.',
  file: 'What is in it decides how it is read.',
};

export const masksIn = {
  title: 'Do masks come in?',
  chooseFile: 'Choose the file with the masks',
  looking: 'Reading the masks, to know their classes',
  failed: 'These masks cannot come in',
  sources: {
    titles,
    whys,
    file: {
      title: 'From a file…',
      why: 'COCO, GeoJSON, an archive from CVAT, a DICOM segmentation, a NIfTI label map of a DICOM series or a GeoTIFF of labels.',
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
    `${counted(problems, 'thing does', 'things do')} not fit and will be left out`,
  done: 'Count these masks as done',
  doneWhy: (isComplete: boolean) =>
    isComplete
      ? 'What is not marked in them is background, and is learnt as such.'
      : 'Polygons do not say whether they are all that there is. Without this the masks are drafts, to be looked through.',
  replace: 'Replace masks that are in the project',
  replaceWhy: 'Else what an image has already stays, and the report says so.',
  watched: 'Images that come into the folder later, while it is watched, come without masks.',
  table: {
    inFile: 'In the file',
    share: 'Pixels',
    ambiguous: 'A class, or the mark of pixels of which nothing is known',
    inProject: 'In the project',
    choose: 'Choose…',
    ofProject: 'Classes of the project',
    other: 'Or',
    create: 'A new class',
    background: 'Background',
    ignore: 'Nothing known, not learnt',
    becomes: (name: string) => `What ${name} becomes`,
    newName: (name: string) => `Name of the new class for ${name}`,
    nameMissing: 'Name it',
    named: ({ name, number, colour }: Pick<SourceClass, 'name' | 'number' | 'colour'>) =>
      name ??
      (number !== null
        ? `Number ${number}`
        : colour === null
          ? 'No data, by the file'
          : `Colour ${colour}`),
  },
  missing: {
    looking: 'The masks are being read',
    failed: 'Choose other masks, or none',
    property: 'Choose the property first',
    classes: (undecided: number) => `${count(undecided)} without a class in the project`,
    names: (unnamed: number) => `${counted(unnamed, 'new class', 'new classes')} without a name`,
  },
};
