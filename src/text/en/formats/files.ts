/** Messages about reading and writing any file. */
export const fileText = {
  notFound: (path: string) => `${path} was not found. Check the path.`,
  nameNotUtf8: (path: string) =>
    `${path} was not found. Its name has characters (�) that are not valid UTF-8, and such names cannot be read. Rename it.`,
  notAFile: (path: string) => `${path} is not a file. Choose a file.`,
  isFolder: (path: string) => `${path} is a folder, not a file. Name a file.`,
  mayNotRead: (path: string) => `${path} cannot be read: permission denied. Check its permissions.`,
  unreadable: (path: string, code: string) =>
    `${path} could not be read (${code}). Check the disk.`,
  noMemoryToRead: (path: string) =>
    `There was not enough memory to read ${path}. Close other programs, or split it into smaller images.`,

  diskFull: (path: string) =>
    `The disk is full, so ${path} was not written. Free some space or choose another folder.`,
  mayNotWrite: (path: string) =>
    `${path} cannot be written: permission denied. Check the permissions or choose another folder.`,
  folderMissing: (folder: string) =>
    `The folder ${folder} does not exist. Create it or choose another folder.`,
  otherKindExists: (path: string) =>
    `${path} already exists as a file where a folder is needed, or as a folder where a file is needed. Choose another name.`,
  folderAtName: (path: string) =>
    `${path} is a folder, so no file can be written there. Choose another name.`,
  inUse: (path: string) => `${path} is in use by another program. Close it there and try again.`,
  unwritable: (path: string, code: string) =>
    `${path} could not be written (${code}). Check the disk or choose another folder.`,

  fileAtFolder: (path: string) =>
    `${path} is a file where a folder is needed. Choose another name.`,
  gone: (path: string) => `${path} no longer exists. Restore it and try again.`,
  mayNotMakeFolder: (parent: string) =>
    `No folder can be created in ${parent}. Choose another location.`,
};
