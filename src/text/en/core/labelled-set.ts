/** Messages about labelled images, their bands and sample images. */
export const labelledSetText = {
  paletteHasNoBands: (bands: number) =>
    `the image stores indices into a colour table, not ${bands} bands. Choose one band, or none.`,
  bandMissing: (band: number, bands: number) =>
    `band ${band} was chosen, but the image has ${bands === 1 ? 'one band' : `${bands} bands`}. Use images that have all chosen bands, or choose other bands.`,

  tooFewPerClass: (perClass: number, short: readonly ClassCount[]) => {
    const least = Math.min(...short.map(({ count }) => count));
    const listed = short.slice(0, 5).map(({ name, count }) => `"${name}" has ${count}`);
    const more = short.length > 5 ? ` and ${short.length - 5} more have too few` : '';
    const fewer = least > 0 ? ` or request at most ${least} per class` : '';
    return `${perClass} labelled images per class were requested, but class ${listed.join(', ')}${more}. Label more images${fewer}.`;
  },
  oneClassOnly: (images: number) =>
    `All ${images} labelled images have the same class. Label images of at least two classes.`,
  sameLabels: (images: number) =>
    `All ${images} labelled images have the same labels. Label some images with a class and some without it.`,

  noSampleClass: (set: string, name: string, classes: readonly string[]) =>
    `The sample set ${set} has no class “${name}”. Its classes are ${classes.join(', ')}.`,
  landTitle: 'Land cover',
  landDescription:
    'Synthetic land-cover tiles, seen from above, as in satellite images with 10 m pixels.',
  cellsTitle: 'Blood cells',
  cellsDescription: 'Synthetic images of a stained blood film, each centred on one white cell.',
};

interface ClassCount {
  readonly name: string;
  readonly count: number;
}
