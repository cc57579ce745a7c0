/** Messages about the strokes that suggestions are made from. */
export const strokesText = {
  unknownValue: (value: number) =>
    `A stroke has the value ${value}, which no class of this project has. Open the image again.`,
  none: 'Nothing is marked yet. Draw a stroke inside a class and another around it.',
  onlyBackground: 'Only background is marked. Draw a stroke inside a class too.',
  onlyOneClass: 'Only one class is marked. Draw a stroke on background or on another class too.',
};
