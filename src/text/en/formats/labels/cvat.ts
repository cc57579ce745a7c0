/** Messages about archives of CVAT's segmentation masks. `name` is a file in an archive, as "labelmap.txt in task.zip". */
export const cvatText = {
  entry: (name: string, archive: string) => `${name} in ${archive}`,
  noMasks: (path: string) =>
    `${path} holds no masks in a folder SegmentationClass. Export it from CVAT as “Segmentation mask”.`,
  severalPages: (image: string, mask: string) =>
    `${image} has several pages, but ${mask} holds one mask for it. Save its pages as separate files.`,
  notPng: (name: string) => `${name} is not a PNG file. CVAT’s segmentation masks are PNG files.`,
};

/** Messages about ZIP archives of labels. `name` is a file in an archive, as in `cvatText`. */
export const labelArchiveText = {
  /** @param why the message of the library */
  notZip: (path: string, why: string) =>
    `${path} is not a valid ZIP archive (${why}). Download or export it again.`,
  tooManyFiles: (path: string, files: number, limit: number) =>
    `${path} holds ${files} files, more than the limit of ${limit}. Split it.`,
  fileMissing: (path: string, name: string) => `${path} holds no ${name}. Export it again.`,
  encrypted: (name: string) =>
    `${name} is encrypted. Extract the archive and create one without a password.`,
  tooLarge: (name: string, bytes: number, limit: number) =>
    `${name} has ${bytes} bytes after decompression, more than the limit of ${limit}. Check the source of the archive.`,
  otherCompression: (name: string) =>
    `${name} uses an unsupported compression method. Create the archive with Deflate.`,
};
