/** Messages about masks that the user edits, suggestions for them, and exports of labels. */
export const maskEditingText = {
  regionOutside: 'The region is outside the image.',
  pointOutside: 'The point is outside the image.',

  noPrediction: 'This predicted mask of the image no longer exists.',
  predictionTooFine:
    'This prediction has too much detail to accept at once. Accept it region by region.',
  regionTooLarge:
    'This region is too large to accept on its own. Accept the whole image or the class instead, and erase the rest.',
  changedMeanwhile: 'The mask changed while the prediction was being accepted. Try again.',

  tileOutside: ({ x, y }: TilePlace) => `The mask has a tile (${x}, ${y}) outside its image.`,
  tileDamaged: ({ x, y }: TilePlace) =>
    `The tile (${x}, ${y}) of the mask arrived damaged. Open the image again.`,
  marksOutside: 'The mask has marks outside its image.',
  unknownValue: (value: number) =>
    `The mask has the value ${value}, which no class of this project has. Open the image again.`,

  exportRunning: 'Another export of this project is running. Wait for it, or stop it.',
};

export const suggestionText = {
  noTeacher: 'This project has no teacher yet. Choose one: suggestions use its features.',
  tooManyTiles: ({ tiles, limit }: { readonly tiles: number; readonly limit: number }) =>
    `The region has ${tiles} tiles at this level; ${limit} is the maximum for one suggestion. Zoom in, or select smaller parts.`,
  strokeOutside: ({ x, y }: TilePlace) =>
    `There is a stroke in a tile (${x}, ${y}) outside the image.`,
  crashed:
    'The process for suggestions crashed, most likely for lack of memory. Try again; if it crashes again, close other programs or choose a smaller teacher.',
};

interface TilePlace {
  readonly x: number;
  readonly y: number;
}
