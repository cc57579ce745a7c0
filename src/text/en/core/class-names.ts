/** Text about names of classes that lists of classes reserve. */
export const classNameText = {
  isBackground: (name: string) => reserved(name, 'the background (the value 0)'),
  isIgnore: (name: string) => reserved(name, 'unknown pixels (the value 255)'),
};

function reserved(name: string, meaning: string): string {
  return `“${name}” cannot be the name of a class of masks: lists of classes reserve it for ${meaning}.`;
}
