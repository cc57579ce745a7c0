/** Messages about the images of a distillation and their use for training or testing. */
export const datasetText = {
  onlyTestImages: (folder: string, images: number) =>
    images === 1
      ? `${folder}: its only image is also a test image, which is not used for training. Choose other images with --test, or omit it to hold out a fifth.`
      : `${folder}: all ${images} images are also test images, which are not used for training. Choose other images with --test, or omit it to hold out a fifth.`,
};
