/** Messages about the catalogue of teachers and files of its cards. `name` is a teacher's. */
export const catalogueText = {
  unknownTeacher: (id: string, known: readonly string[]) =>
    `There is no teacher ${id} in the catalogue. It has: ${known.join(', ')}.`,
  filesNotDeleted: (name: string, { folder }: { readonly folder: string }) =>
    `${name} was removed from the list, but its downloaded files could not be deleted from ${folder}. Delete that folder yourself.`,
  gated: ({ name, page, files }: GatedTeacher) =>
    `${name} needs an account and agreement to its terms, so download it yourself: open ${page}, agree, download ${files.join(', ')} into one folder, and choose the first from there.`,

  otherArchitecture: (path: string, { name, found, expected }: Architectures) =>
    `${path} is not ${name}: it has ${found}, not ${expected}.`,
  architecture: ({ blocks, width, patchSize, bands }: Architecture) =>
    `${blocks} blocks of width ${width}, patches of ${patchSize} px and ${bands} bands`,
  notAnObject: 'it is not a JSON object.',
  otherFileExists: (path: string, { found, expected }: Hashes) =>
    `${path} already exists and is a different file: its SHA-256 begins with ${found}, not with ${expected}. Move it away, or choose another folder.`,
  /** @param why message of an error about the file */
  unusableFileExists: (path: string, why: string) =>
    `${path} already exists and cannot be used: ${why} Move it away, or choose another folder.`,
};

interface GatedTeacher {
  readonly name: string;
  readonly page: string;
  readonly files: readonly string[];
}

/** Teacher, and its architecture and a file's as `architecture` writes them. */
interface Architectures {
  readonly name: string;
  readonly found: string;
  readonly expected: string;
}

interface Architecture {
  readonly blocks: number;
  readonly width: number;
  readonly patchSize: number;
  readonly bands: number;
}

/** First digits of two hashes. */
interface Hashes {
  readonly found: string;
  readonly expected: string;
}
