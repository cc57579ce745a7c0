/** Messages about folders of images and what a search of them skips. */
export const imageFolderText = {
  noImages: (folder: string, extensions: string) =>
    `${folder} holds no images (${extensions}). Choose the folder that holds them or their class folders.`,
  /** @param links links that lead outside the folder; 1 or more */
  onlyLinksOutside: (folder: string, extensions: string, links: number) =>
    `${folder} holds no images (${extensions}). ${links === 1 ? 'One link in it leads' : `${links} links in it lead`} outside, and linked files outside the folder are not read. Choose the folder that contains the images.`,
  isFile: (path: string) => `${path} is a file. Choose a folder of images.`,
  tooManyLevels: (folder: string, limit: number) =>
    `${folder} holds more than ${limit} levels. Choose a smaller folder of images.`,
  tooManyFolders: (folder: string, limit: number) =>
    `${folder} holds more than ${limit} folders. Choose a smaller folder of images.`,
  tooManyImages: (folder: string, limit: number) =>
    `${folder} holds more than ${limit} images. Choose a smaller folder of images.`,

  notNamedAsImage: 'Its name is not that of an image file.',
  nameNotUtf8: (path: string) => `${path} cannot be read: its name is not valid UTF-8. Rename it.`,
  folderNameNotUtf8: (path: string) =>
    `The folder ${path} cannot be read: its name is not valid UTF-8. Rename it.`,
  folderClosed: (path: string) => `The folder ${path} cannot be opened. Check its permissions.`,
  isWorkspace: (path: string) =>
    `${path} is a workspace of Understudy; its files are not imported.`,
  linkToParent: (path: string) =>
    `${path} is a link to a folder that contains it, so it was not followed. Its images are imported once.`,
  brokenLink: (path: string) =>
    `${path} is a link to a file or folder that does not exist. Restore what it leads to, or remove it.`,
  linkOutside: (path: string) =>
    `${path} is a link to a place outside the folder, which is not read. Choose the folder that it links to, or copy the files.`,

  /** @param give folders to give instead; null if their names do not show them */
  splits: (folder: string, splits: readonly string[], give: SplitFolders) =>
    `${folder} holds splits (${splits.join(', ')}) with the class folders inside. ${adviceOf(give)}.`,
  /** @param masks masks next to images. @param advice a sentence of the caller's text */
  imagesWithMasks: (folder: string, masks: number, advice: string) =>
    `${folder} holds images and their masks (${masks}), which mark regions, but classification needs classes of whole images. ${advice}`,
  /** Advice of the command line. */
  listClasses:
    'List the classes of the images in a CSV file and give it with --labels; the masks are then left out.',
  masksLeftOut: (count: number) =>
    count === 1
      ? 'its only image is a mask, which marks regions of another image'
      : `its ${count} images are masks, which mark regions of other images`,

  fewerSlices: (path: string, slices: number, wanted: number) =>
    `${path} has ${slices === 1 ? 'one slice' : `${slices} slices`}, not ${wanted} as before. Add its folder again.`,
};

/** Paths of split folders; null for one that is absent. */
interface SplitFolders {
  readonly train: string | null;
  readonly test: string | null;
}

function adviceOf({ train, test }: SplitFolders): string {
  if (train === null) return 'Give one of them';
  return `Give ${train} for training${test === null ? '' : ` and --test ${test}`}`;
}
