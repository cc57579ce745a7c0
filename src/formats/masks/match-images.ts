import { basename } from 'node:path/posix';
import type { FoundImage } from '../labelled-images.ts';

/** Finds images by the names that label files give them. */
export class ImagesByName {
  readonly #byBase = new Map<string, FoundImage[]>();
  readonly #of: (name: string) => string;

  /** @param isWithoutExtension whether the names have no extensions */
  constructor(images: readonly FoundImage[], isWithoutExtension = false) {
    this.#of = isWithoutExtension ? withoutExtension : (name) => name;
    for (const image of images) {
      const base = this.#of(basename(image.name.normalize('NFC')));
      const there = this.#byBase.get(base);
      if (there) there.push(image);
      else this.#byBase.set(base, [image]);
    }
  }

  /**
   * The images that a name stands for: that of the same path below the folder, else those whose path ends
   * in it, else those of the same file name. One, if the name is clear.
   */
  find(name: string): readonly FoundImage[] {
    const wanted = name
      .normalize('NFC')
      .replaceAll('\\', '/')
      .replace(/^\.?\/+/, '');
    const candidates = this.#byBase.get(basename(wanted)) ?? [];
    const paths = candidates.map((image) => ({
      image,
      path: this.#of(image.name.normalize('NFC')),
    }));
    for (const fits of [
      (path: string) => path === wanted,
      (path: string) => path.endsWith(`/${wanted}`),
      () => true,
    ]) {
      const found = paths.filter(({ path }) => fits(path));
      if (found.length > 0) return found.map(({ image }) => image);
    }
    return [];
  }
}

function withoutExtension(name: string): string {
  return name.replace(/\.[^./]*$/, '');
}
