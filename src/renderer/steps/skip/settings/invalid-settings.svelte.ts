import { createContext } from 'svelte';

/** A field with an invalid entry; its setting keeps the previous value. */
export interface InvalidSetting {
  readonly name: string;
  readonly focus: () => void;
}

/** Fields of a form whose entries are invalid. */
export class InvalidSettings {
  #all: readonly InvalidSetting[] = $state.raw([]);

  get first(): InvalidSetting | undefined {
    return this.#all[0];
  }

  /** Adds a field; returns a function that removes it. */
  add(setting: InvalidSetting): () => void {
    this.#all = [...this.#all, setting];
    return () => {
      this.#all = this.#all.filter((other) => other !== setting);
    };
  }
}

const [invalidSettings, provide] = createContext<InvalidSettings>();

/** Gets the invalid fields of the surrounding form; call it only while a component initialises. */
export { invalidSettings };

/** Provides the list of invalid fields to all components inside. */
export function provideInvalidSettings(): InvalidSettings {
  return provide(new InvalidSettings());
}
