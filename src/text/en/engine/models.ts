/** Messages about exported models and the card in them. */
export const modelText = {
  cannotRun: (path: string) =>
    `${path}: the model cannot be run, or contradicts its own description. The file may be damaged or changed, or its weights file is missing next to it; export it again.`,
  notExported: (path: string) =>
    `${path}: this is not a model exported by Understudy. Choose a student.onnx.`,
  newerFormat: (path: string, format: number) =>
    `${path} was exported by a newer version of Understudy (its card has format ${format}). Update Understudy, or export the model again with this version.`,
  damagedCard: (path: string) =>
    `${path}: the card in this file ("understudy" in its metadata) is damaged or was changed, so its classes and input are unknown. Export the model again.`,
};
