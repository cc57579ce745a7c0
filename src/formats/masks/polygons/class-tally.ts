import type { SourceClass } from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import { classLimit } from '../../../core/mask/class-names.ts';
import type { GeoShape } from './polygon-file.ts';
import { polygonLabelsText } from '../../../text/index.ts';

/** Maximum number of properties that are offered as the class name. */
const propertyLimit = 100;
const longestName = 200;
/** Properties of every polygon that `labels export` and `predict` write; the first names the class. */
const ownProperties = ['class', 'value', 'pixels'] as const;

/**
 * Property in which QuPath stores the class of an annotation: an object with its name, or with several that derive
 * from each other.
 */
const quPathProperty = 'classification';

/** A value that a property has. */
interface Named {
  /** Null for a text or truth value. */
  readonly number: number | null;
  count: number;
}

/** Number of shapes in a file that have each property. */
export type PropertyCounts = ReadonlyMap<string, number>;

/** Values of the properties of shapes, collected from all files of a source without keeping the shapes. */
export class ClassTally {
  readonly #asked: string | null;
  readonly #values = new Map<string, Map<string, Named>>();
  /** Number of each class in its project, for files exported here. */
  readonly #order = new Map<string, number>();
  #shapes = 0;
  #own = 0;
  #ofQuPath = 0;

  /** @param asked the property that the user named; null: none yet */
  constructor(asked: string | null) {
    this.#asked = asked;
  }

  add(shapes: readonly GeoShape[]): PropertyCounts {
    const counts = new Map<string, number>();
    for (const { properties } of shapes) {
      this.#shapes++;
      if (isOwn(properties)) this.#addOwn(properties);
      if (typeof properties.objectType === 'string') this.#ofQuPath++;
      for (const [name, stored] of Object.entries(properties)) {
        if (this.#addValue(name, stored)) counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    }
    return counts;
  }

  /**
   * Property that names the class: the requested one, else the one that files exported here or by QuPath have; null if the
   * user must choose.
   */
  get property(): string | null {
    if (this.#asked !== null) return this.#asked;
    if (this.#isOwn) return ownProperties[0];
    const isOfQuPath = this.#shapes > 0 && this.#ofQuPath === this.#shapes;
    return isOfQuPath && this.#values.has(quPathProperty) ? quPathProperty : null;
  }

  /** Properties with a text, a number or a boolean, in the order in which they come. */
  get properties(): { name: string; values: number }[] {
    return [...this.#values]
      .filter(([name, seen]) => name.length <= longestName && seen.size <= classLimit)
      .map(([name, seen]) => ({ name, values: seen.size }));
  }

  /**
   * Classes, in the order of their values in our own files, else in order of appearance. Without any property all
   * shapes have the same class; there are none as long as the user has not chosen a property.
   *
   * @throws UserError 'too-large'
   */
  classes(path: string): SourceClass[] {
    const { property } = this;
    if (property === null) {
      if (this.properties.length > 0 || this.#shapes === 0) return [];
      return [{ value: 1, name: null, number: 1, colour: null, count: this.#shapes }];
    }
    const named = [...(this.#values.get(property) ?? [])];
    if (named.length > classLimit) {
      throw new UserError('too-large', polygonLabelsText.tooManyValues(path, property, classLimit));
    }
    if (this.#isOwn && property === ownProperties[0]) {
      const order = (text: string): number => this.#order.get(text) ?? Infinity;
      named.sort(([one], [other]) => order(one) - order(other));
    }
    return named.map(([text, { number, count }], index) => ({
      value: index + 1,
      name: number === null ? text : null,
      number,
      colour: null,
      count,
    }));
  }

  /** Returns the class value of each shape; undefined for a shape without a class. */
  valueOf(classes: readonly SourceClass[]): (shape: GeoShape) => number | undefined {
    const { property } = this;
    if (property === null) return () => classes[0]?.value;
    const values = new Map(
      classes.map(({ name, number, value }) => [name ?? String(number), value]),
    );
    return ({ properties }) => values.get(textOf(properties[property]) ?? '');
  }

  /** True if all shapes are as `labels export` and `predict` write them. */
  get #isOwn(): boolean {
    return this.#shapes > 0 && this.#own === this.#shapes;
  }

  #addOwn({ class: name, value }: Readonly<Record<string, unknown>>): void {
    this.#own++;
    const text = textOf(name) ?? '';
    if (!this.#order.has(text)) this.#order.set(text, Number(value));
  }

  #addValue(name: string, stored: unknown): boolean {
    const text = textOf(stored);
    if (text === null) return false;
    const isOffered = this.#values.size < propertyLimit || name === this.#asked;
    const seen = this.#values.get(name) ?? (isOffered ? new Map<string, Named>() : undefined);
    if (seen === undefined) return false;
    this.#values.set(name, seen);
    const known = seen.get(text);
    if (known) known.count++;
    else if (seen.size <= classLimit) {
      const isNumber = typeof stored === 'number' && Number.isSafeInteger(stored);
      seen.set(text, { number: isNumber ? stored : null, count: 1 });
    }
    return true;
  }
}

/** Returns true if the properties of a shape are those that `labels export` and `predict` write. */
export function isOwn(properties: Readonly<Record<string, unknown>>): boolean {
  const [name, ...numbers] = ownProperties;
  return (
    typeof properties[name] === 'string' &&
    numbers.every((one) => Number.isSafeInteger(properties[one]))
  );
}

function textOf(value: unknown): string | null {
  if (typeof value === 'object' && value !== null) return textOf(nameWithin(value));
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim().normalize('NFC');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Returns the name of a class as QuPath writes it; `Tumor: Positive` for a derived class, as QuPath shows it. */
function nameWithin(value: object): string | null {
  if ('name' in value && typeof value.name === 'string') return value.name;
  const names: unknown = 'names' in value ? value.names : undefined;
  const isNames = Array.isArray(names) && names.length <= 20;
  const texts = isNames ? names.filter((name) => typeof name === 'string') : [];
  return texts.length === 0 ? null : texts.join(': ');
}
