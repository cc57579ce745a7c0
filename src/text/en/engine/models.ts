/** Messages about exported models and the card in them. */
export const modelText = {
  classifierFile: (input: InputShape) => inputText(input),
  segmenterFile: (input: InputShape, classes: number) =>
    `${inputText(input)} Output "probabilities": (batch, ${classes}, ${input.imageSize}, ${input.imageSize}), background first.`,
  cannotRun: (path: string) =>
    `${path}: the model cannot be run, or contradicts its own description. The file may be damaged or changed, or its weights file is missing next to it; export it again.`,
  notExported: (path: string) =>
    `${path}: this is not a model exported by Understudy. Choose a student.onnx.`,
  newerFormat: (path: string, format: number) =>
    `${path} was exported by a newer version of Understudy (its card has format ${format}). Update Understudy, or export the model again with this version.`,
  damagedCard: (path: string) =>
    `${path}: the card in this file ("understudy" in its metadata) is damaged or was changed, so its classes and input are unknown. Export the model again.`,
};

interface InputShape {
  readonly channels: number;
  /** Side of the input, px. */
  readonly imageSize: number;
}

function inputText({ channels, imageSize }: InputShape): string {
  return `Input "image": (batch, ${channels}, ${imageSize}, ${imageSize}), values in [0, 1] in steps of 1/255; normalisation is inside.`;
}
