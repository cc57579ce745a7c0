/** The value of a JSON text, or undefined where it is none: for texts that a schema checks next. */
export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
