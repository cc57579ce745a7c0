/** Messages of commands that work on the projects of a workspace. `workspace` is its folder. */
export const workspaceJobText = {
  noProject: (workspace: string, name: string, projects: readonly string[]) =>
    `${workspace} has no project named ${name}. It has: ${projects.length === 0 ? 'none' : projects.join(', ')}.`,
  ambiguousProject: (workspace: string, name: string, projects: number) =>
    `${workspace} has ${projects} projects named ${name}. Rename one of them in the window.`,
  wrongName: '--project must be a name of 1 to 200 visible characters.',
  otherTask: (project: string, task: Task) =>
    `The project ${project} is for ${tasks[task]}. Omit --task, or choose another project.`,
  masksNotUsed: (project: string, task: Task) =>
    `The project ${project} is for ${tasks[task]}. Omit --masks, or give a new project with --task segmentation.`,
  importStopped: (project: string, { kept, found, rest }: ImportCounts) =>
    `Stopped. ${kept} of ${found} images are in ${project} and are kept; ${rest} were not imported. Run the same command again to import the rest.`,

  exportStopped: (folder: string, files: number) =>
    `Stopped. ${files} complete files are in ${folder}; the rest was not written.`,
  /** @param first why the first image was left out */
  nothingExported: (format: string, images: number, first: string) =>
    `Nothing was exported: ${format} fits none of the images with labels (${images}). The first: ${first}`,

  otherHash: (teacher: string, expected: string) =>
    `The SHA-256 given with --sha256 is not that of ${teacher}: the catalogue has ${expected}. Omit --sha256, or check its source.`,
};

interface ImportCounts {
  readonly kept: number;
  readonly found: number;
  readonly rest: number;
}

type Task = keyof typeof tasks;

const tasks = {
  single: 'one class per image',
  several: 'several labels per image',
  segmentation: 'segmentation',
};
