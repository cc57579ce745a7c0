/** Messages about a workspace's database and folder. `file` is the database's path. */
export const databaseText = {
  diskFull: (folder: string) =>
    `The disk is full, so the last change was not saved in ${folder}. Free some space and try again.`,
  diskFailed: (file: string) =>
    `The disk failed while ${file} was read or written. Check the disk and its free space, then try again.`,
  notWritable: (file: string) =>
    `${file} could not be opened for writing. Check the permissions of its folder or choose another one.`,
  inUse: (file: string) => `${file} is in use by another program. Close it there and try again.`,
  damaged: ({ name, folder }: FileInFolder) =>
    `${name} in ${folder} is damaged or is not a database. Restore a copy of it, or move it away to start over; your images are not stored in it.`,

  /** @param difference one of the three below */
  changed: ({ name, folder }: FileInFolder, difference: string) =>
    `${name} in ${folder} is damaged or was changed by another program: it has ${difference}. Restore a backup of it, or move it away to start over; your images are not stored in it.`,
  unknownDefinition: (key: string) => `an unknown ${key}`,
  otherDefinition: (key: string) => `a different ${key}`,
  missingDefinition: (key: string) => `no ${key}`,

  ofAnotherProgram: (file: string) =>
    `${file} belongs to another program. Choose another folder, or move that file away.`,
  ofNewerVersion: (file: string) =>
    `The workspace with ${file} was written by a newer version of Understudy. Install that version, or choose another folder.`,
  notUpgraded: (file: string) =>
    `${file} could not be upgraded to this version of Understudy and was not changed. Open it with your previous version, and report this problem.`,

  folderNotWritable: (folder: string) =>
    `The folder ${folder} could not be created or written. Check its permissions and the disk, or choose another one.`,
  folderMissing: (folder: string) =>
    `The workspace ${folder} is missing: it was moved, renamed, emptied or deleted, or its disk was removed. Put it back and restart Understudy, or choose another folder.`,
  openElsewhere: (folder: string) =>
    `The workspace ${folder} is open in another window of Understudy. Close it there, or choose another folder.`,
  link: (path: string) =>
    `${path} is a link or not an ordinary file. Understudy never writes or deletes through links, so this workspace was not opened. Put a real file or folder in its place, or remove it.`,
  outside: (folder: string, { name }: { readonly name: string }) =>
    `The database in ${folder} names “${name}” as one of its own folders, which it is not. Nothing was written or deleted there. Another program changed the database: restore a copy of it, or remove the run or the project.`,
};

interface FileInFolder {
  readonly name: string;
  readonly folder: string;
}
