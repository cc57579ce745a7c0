/** Messages about groups of images by patient, and the key of the workspace that distinguishes patients. */
export const patientsText = {
  readAlready: 'Patients are being read again already. Wait for it.',
  importRunning: 'An import is running. Wait for it, or stop it.',
  stopped: 'Stopped. Patients and their groups are unchanged.',

  /** @param what one of the states below */
  keyLost: (what: string) =>
    `${what}. Under a new key one patient would be treated as two, so images that name a patient are not imported. Restore the file from a backup, or read all patients again: “Read patients again” in the window, import --rekey on the command line.`,
  keyMissing: (file: string) => `${file}, the key that distinguishes patients, is missing`,
  keyDamaged: (file: string, details: string) =>
    `${file}, the key that distinguishes patients, is damaged (${details})`,
  keyUnreadable: (file: string, details: string) =>
    `${file}, the key that distinguishes patients, cannot be read (${details})`,
  otherKey: (file: string) =>
    `${file}, the key that distinguishes patients, is not the key that this workspace was created with`,
  wrongLength: ({ bytes, expected }: { readonly bytes: number; readonly expected: number }) =>
    `${bytes} bytes instead of ${expected}`,
};
