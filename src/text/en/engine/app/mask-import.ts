import { shortQuote } from '../../words.ts';

/** Messages about imports of masks and the assignment of their classes. */
export const maskImportText = {
  notSegmentation: (project: string) =>
    `${project} classifies whole images, so masks cannot be imported. Create a project for segmentation.`,

  classRemoved:
    'A class that was chosen for the masks is no longer in the project. Import the folder again.',
  tooManyClasses: ({ added, existing, limit }: ClassCounts) =>
    `The masks have ${added} new classes and the project has ${existing}; masks can have ${limit} in total. Choose classes of the project for some of them, or background or ignore.`,
  classWithoutValue: (name: string, limit: number) =>
    `Masks cannot have the class ${name}: they can have ${limit} classes, and the project has more. Remove classes first.`,
  invalidClassName: (name: string) =>
    `The masks have a class ${shortQuote(name)}, which is not a valid class name: it must have 1 to 200 visible characters. Choose a class of the project for it, or another name.`,
  /** @param why message that explains for what the name is reserved */
  reservedClassName: (why: string) =>
    `${why} Assign it (to background, ignore or a class of the project), or choose another name.`,

  undecidedClass: (name: string) =>
    `The mask has the class “${name}”, for which no class of the project was chosen. Import the folder again and choose one.`,
  undecidedNumber: (number: number) =>
    `The mask has the number ${number}, for which no class of the project was chosen. Import the folder again and choose one.`,
  undecidedColour: (colour: string) =>
    `The mask has the colour ${colour}, for which no class of the project was chosen. Import the folder again and choose one.`,

  /** @param why message of the error */
  importedWithoutMask: (path: string, why: string) =>
    `${path} was imported without its mask. ${why}`,
  noShapeInside: 'none of its shapes is inside any of the images. Check its coordinates',
  masksKept: (images: number) =>
    images === 1
      ? 'One image has a mask in the project already, which was kept; the mask in the folder was skipped'
      : `${images} images have a mask in the project already, which was kept; the mask in the folder was skipped`,
  classGone: (name: string) =>
    `The class “${name}” is no longer in the project, so its regions were skipped; the other classes of the masks were imported`,
  maskOfSameImage: ({ path, other }: { readonly path: string; readonly other: string }) =>
    `${path} is the same image as ${other}, whose mask was imported. The mask of ${path} was skipped`,
  /** @param notes notes of the file's reader, as "2 regions were cut at its edge" */
  notesOnMask: (path: string, notes: readonly string[]) =>
    `In the mask of ${path} ${notes.join('; ')}`,
};

interface ClassCounts {
  /** Number of classes that the import would add. */
  readonly added: number;
  /** Number of classes in the project. */
  readonly existing: number;
  readonly limit: number;
}

/** Messages about options of the command line for imports of masks. */
export const maskOptionsText = {
  noMasks: (folder: string) =>
    `There are no masks in ${folder}. Name the file that has them with --masks.`,
  severalSources: (folder: string, sources: readonly string[]) =>
    `${folder} has masks from several sources: ${sources.join(', ')}. Name the file with --masks, or move the others out of the folder.`,
  propertyOpen: (properties: readonly string[]) =>
    `It is unknown which property of the polygons names the class: ${properties.join(', ')}. Choose it with --property.`,
  similarNames: ({ name, like }: { readonly name: string; readonly like: string }) =>
    `The masks have two classes whose names differ only in case or spaces, “${like}” and “${name}”. If they are one class, merge them with --class "${name.trim()}=${like}"; otherwise rename one in the file.`,
  /** @param values classes, numbers or colours of the masks, as by `valueWithShare` */
  undecided: (values: readonly string[]) =>
    `It is not clear how to import ${values.join(', ')}: the project has no class of that name. Assign them with --class WHAT=CLASS,… (or =background, =ignore), or add --new-classes to create classes for all names, or for all numbers if no value has a name.`,
  /** @param share percentage, as "1.5 %" */
  valueWithShare: ({ value, share }: { readonly value: string; readonly share: string }) =>
    `${value} (${share} of the pixels)`,
  namedValue: ({ value, name }: { readonly value: string; readonly name: string }) =>
    `${value} (${name})`,
  becomesBackground: 'background',
  becomesIgnored: 'ignored',
  newClass: (value: string) => `class ${value}`,
};
