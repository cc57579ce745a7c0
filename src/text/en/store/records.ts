/** Messages about stored projects, classes, labels, teachers and runs. */
export const recordText = {
  removedMeanwhile:
    'This could not be saved, because its project or image was removed in the meantime. Open the project again.',
  notFound: (what: 'project' | 'class' | 'image' | 'teacher' | 'run', id: number) =>
    `The ${what} with number ${id} does not exist. It may have been removed in the meantime: open the project again.`,
  teacherNeeded: ({ teacher, project }: { readonly teacher: string; readonly project: string }) =>
    `An unfinished run of the project “${project}” needs ${teacher}. Finish or remove that run first.`,

  tooManyClasses: (limit: number) =>
    `The project has ${limit} classes, and masks cannot hold more. Remove one that is not needed first.`,
  classBeyondMasks: (name: string, limit: number) =>
    `Masks cannot have the class “${name}”: the project has had more than ${limit} classes. Remove it first.`,
  classExists: (name: string) => `A class named “${name}” already exists. Choose another name.`,
  /** @param why message about the name */
  renameFirst: (why: string) => `${why} Rename or remove it first.`,
  /** @param why message about the name */
  chooseOtherName: (why: string) => `${why} Choose another name.`,

  classOfSegmentedImage: (image: string) =>
    `This project is for segmentation, so ${image} cannot have a class as a whole. Outline the classes in it, or create a project that classifies whole images.`,
  severalClasses: (image: string, given: number) =>
    `In this project every image has exactly one class, but ${image} was given ${given}. Choose one, or remove its label.`,
};
