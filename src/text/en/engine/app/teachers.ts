/** Messages about the teachers of a workspace: adding, downloading and testing them. */
export const workspaceTeacherText = {
  bundledStays: 'The bundled teacher is part of Understudy and cannot be removed.',
  bundledIsCertain:
    'This is the bundled teacher of Understudy: its properties are certain and cannot be changed.',
  changedMeanwhile: (file: string) =>
    `${file} was changed or replaced while it was tested. Add it again when it no longer changes.`,
  testCrashed: (file: string) =>
    `The test of ${file} crashed, most likely because memory ran out. Close other programs, or choose a smaller teacher.`,

  downloadsAlready: (name: string) => `${name} is already being downloaded.`,
  otherFile: ({ path, card, found, expected }: OtherFile) =>
    `${path} is not the file of ${card}: its SHA-256 begins with ${found.slice(0, 8)}, not with ${expected.slice(0, 8)}. It may be incomplete or of another version: download it again, or add it as a teacher of your own.`,

  noDevice: (device: string) => `The device ${device} does not exist on this system.`,
  tooMuchMemory: (imageSize: number) =>
    `Image size ${imageSize} px needs more memory than this computer has. Choose a smaller one.`,
  /** Details of the message above. */
  memoryNeeded: ({ needed, memory }: { readonly needed: number; readonly memory: number }) =>
    `about ${Math.round(needed / 1e6)} MB of ${Math.round(memory / 1e6)} MB`,
  speedTestTooSlow: 'Its speed test did not finish in time.',
  /** @param imageSize px; undefined for that of the teacher */
  speedTestFailed: (imageSize: number | undefined) =>
    `The speed test failed on this computer${imageSize === undefined ? '' : ` with image size ${imageSize} px`}: a run may fail as well. Choose a smaller image size, or try again when the computer is less busy.`,
};

interface OtherFile {
  readonly path: string;
  /** Name of the teacher in the catalogue. */
  readonly card: string;
  /** SHA-256 of the file, as hexadecimal digits. */
  readonly found: string;
  /** SHA-256 in the catalogue, likewise. */
  readonly expected: string;
}

/** Information on the bundled teacher, shown in the list of teachers. */
export const bundledTeacherText = {
  name: 'ViT-Tiny, bundled',
  training: 'EuroSAT satellite tiles, BCCD blood cells and MedNIST radiographs',
  suits:
    'the sample and first steps with small images; for real work, add a larger teacher from your own field',
};
