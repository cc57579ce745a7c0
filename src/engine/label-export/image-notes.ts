/** Most images named in a note; of further ones only the number is given. */
const mostNamed = 3;

/** Notes on an export, each with the images that it is about. */
export class ImageNotes {
  readonly #images = new Map<string, Set<string>>();

  /** @param image name of an image; without one, the note is about the whole export */
  add(text: string, image?: string): void {
    const images = this.#images.get(text) ?? new Set();
    this.#images.set(text, images);
    if (image !== undefined) images.add(image);
  }

  /** Notes such as `a.tif, b.tif, c.tif and 7 more: …`, in order of their first appearance. */
  list(): string[] {
    return [...this.#images].map(([text, images]) =>
      images.size === 0 ? text : `${enumeration([...images])}: ${text}`,
    );
  }
}

function enumeration(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
