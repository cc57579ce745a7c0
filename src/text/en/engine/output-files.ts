/** Messages about workspaces and files given to commands. */
export const outputText = {
  noWorkspace: (folder: string) =>
    `There is no workspace in ${folder}. Check the path. A workspace is created by the window, or by the commands “import” and “teacher import”.`,
  folderInPlace: (path: string) =>
    `${path} is a folder, so no file can be written there. Move it away.`,
  isFolder: (path: string) => `${path} is a folder. Remove it.`,
  inUse: (folder: string) =>
    `Another run is writing to ${folder}. Wait for it or choose another folder.`,
  insideWorkspace: (file: string) => `${file} is inside the workspace. Save it elsewhere.`,
};
