/** Messages about lists of classes next to masks. */
export const classListText = {
  /** @param why one of the reasons below */
  notValid: (path: string, why: string) =>
    `${path} is not a valid list of classes: ${why}. Correct it or remove it.`,
  tooManyLines: (limit: number) => `it has more than ${limit} lines`,
  lineTooLong: (line: number, limit: number) => `line ${line} has more than ${limit} characters`,
  colourAbove255: (line: number) => `line ${line} has a colour value above 255`,
  nameTwice: (name: string) => `it has the name “${name}” twice`,
  colourTwice: (colour: readonly number[]) => `it has the colour ${colour.join(',')} twice`,
  numberTwice: (number: number) => `it has the number ${number} twice`,

  twoLists: (path: string, other: string) =>
    `There are two lists of classes that differ: ${path} and ${other}. Import their folders one by one, or remove the wrong one.`,
  labelWithoutNumber: (path: string, label: string) =>
    `${path} gives the label “${label}” no number from 0 to 255. Correct it.`,
};
