import { createContext } from 'svelte';

/** A field whose entry cannot be used: the setting keeps its value from before. */
export interface WrongSetting {
  readonly name: string;
  readonly focus: () => void;
}

/** The fields of a form that hold something that cannot be used. */
export class WrongSettings {
  #all: readonly WrongSetting[] = $state.raw([]);

  get first(): WrongSetting | undefined {
    return this.#all[0];
  }

  /** Counts it until the function that it returns is called. */
  add(one: WrongSetting): () => void {
    this.#all = [...this.#all, one];
    return () => {
      this.#all = this.#all.filter((other) => other !== one);
    };
  }
}

const [wrongSettings, provide] = createContext<WrongSettings>();

/** To be asked while a component is made. */
export { wrongSettings };

/** For the fields within. */
export function provideWrongSettings(): WrongSettings {
  return provide(new WrongSettings());
}
