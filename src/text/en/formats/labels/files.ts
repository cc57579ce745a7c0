/** Messages about CSV files that list images and their labels. `path` is that of the file. */
export const labelFileText = {
  /** @param name name of the label file without its folder */
  imageNotFound: (name: string, line: number) =>
    `line ${line} of ${name} lists it, but no such image was found`,
  noImageFound: (path: string, images: number, folder: string) =>
    `None of the ${images} images that ${path} lists was found in ${folder}. Its paths must be relative to that folder.`,
  /** @param limit MB */
  tooLarge: (path: string, limit: number) =>
    `${path} is larger than ${limit} MB. Split it or drop columns.`,
  tooManyRows: (path: string, limit: number) => `${path} has more than ${limit} rows. Split it.`,
  notUtf8: (path: string) => `${path} is not UTF-8 text. Save it as CSV UTF-8.`,

  empty: (path: string) =>
    `${path} is empty. It must have the columns path and label, and may have split and group.`,
  otherHeader: (path: string, header: string) =>
    `${path} has the header "${header}". It must have the columns path and label, and may have split and group.`,
  noRows: (path: string) => `${path} has a header but no rows. Add some.`,
  longLine: (path: string, { line, characters, limit }: LongLine) =>
    `${path} has ${characters} characters in line ${line}, more than the limit of ${limit}. Correct that line.`,
  /** @param why message of the CSV parser */
  notATable: (path: string, why: string) =>
    `${path} cannot be read as a table: ${why}. Correct that line.`,
  noPath: (path: string, line: number) => `${path} has no path in line ${line}. Add it.`,
  /** @param none sign for no label */
  labelsAndNone: (path: string, none: string, line: number) =>
    `${path} has both labels and "${none}", which means no label, in line ${line}. Keep one of them.`,
  contradiction: (path: string, image: string, { field, first, second }: Contradiction) =>
    `${path} gives ${image} two different ${plurals[field]}: "${first.value}" (line ${first.line}) and "${second.value}" (line ${second.line}). Keep one of the lines.`,
};

const plurals = { labels: 'labels', group: 'groups', split: 'splits' } as const;

interface LongLine {
  readonly line: number;
  readonly characters: number;
  readonly limit: number;
}

interface LineValue {
  readonly value: string;
  readonly line: number;
}

interface Contradiction {
  readonly field: keyof typeof plurals;
  readonly first: LineValue;
  readonly second: LineValue;
}
