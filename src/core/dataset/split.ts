import { Random } from '../random.ts';

/** Facts about an image that splitting needs. */
export interface Grouped {
  readonly labels: readonly string[];
  /** Group (patient, scene) whose images stay together; undefined for an image without others in its group. */
  readonly group: string | undefined;
  /** Unique, permanent number of the image, which seeds its random number; without keys the order of images does. */
  readonly key?: number | undefined;
}

export interface Split<T> {
  readonly train: T[];
  readonly test: T[];
}

/** Images that must stay on the same side. */
interface Unit {
  readonly indices: number[];
  /** Number of images by stratum: the first label, '' for none. */
  readonly strata: Map<string, number>;
  /** Smallest key of its images. */
  key: number | undefined;
}

/**
 * Splits images into train and test by seed, with about `fraction` of them in test. No group is on both
 * sides, each first label is in proportion as well as the groups allow, and neither side is empty as long as
 * there are two groups. Both sides keep the order of `images`. With keys, adding or removing one image moves few of
 * the others to another side.
 *
 * @param fraction share of test images, inside (0, 1)
 */
export function splitByGroup<T extends Grouped>(
  images: readonly T[],
  fraction: number,
  seed: number,
): Split<T> {
  if (!(fraction > 0 && fraction < 1)) {
    throw new Error(`splitByGroup: fraction must lie between 0 and 1, got ${fraction}`);
  }
  // Large groups come first, while there is still room to balance them; groups of equal size are in random order.
  const units = new Random(seed)
    .shuffled(unitsOf(images))
    .map((unit) => ({ ...unit, chance: chanceOf(unit, seed) }))
    .sort((a, b) => b.indices.length - a.indices.length || a.chance - b.chance);
  const test = new Set(choose(units, images.length, fraction).flatMap((unit) => unit.indices));
  return {
    train: images.filter((_, index) => !test.has(index)),
    test: images.filter((_, index) => test.has(index)),
  };
}

function chanceOf({ key }: Unit, seed: number): number {
  return key === undefined ? 0 : new Random(seed, key).uniform();
}

function unitsOf(images: readonly Grouped[]): Unit[] {
  const units: Unit[] = [];
  const groups = new Map<string, Unit>();
  for (const [index, { group, labels, key }] of images.entries()) {
    let unit = group === undefined ? undefined : groups.get(group);
    if (unit === undefined) {
      unit = { indices: [], strata: new Map(), key };
      units.push(unit);
      if (group !== undefined) groups.set(group, unit);
    }
    const stratum = labels[0] ?? '';
    unit.indices.push(index);
    if (key !== undefined) unit.key = Math.min(unit.key ?? key, key);
    unit.strata.set(stratum, (unit.strata.get(stratum) ?? 0) + 1);
  }
  return units;
}

function choose(units: readonly Unit[], total: number, fraction: number): Unit[] {
  const targets = targetsOf(units, fraction);
  const chosen = new Set<Unit>();
  const taken = new Map<string, number>();
  let size = 0;
  const take = (unit: Unit): void => {
    chosen.add(unit);
    size += unit.indices.length;
    for (const [stratum, count] of unit.strata) {
      taken.set(stratum, (taken.get(stratum) ?? 0) + count);
    }
  };

  for (const unit of units) {
    if (gain(unit, targets, taken) > 0) take(unit);
  }
  // Shares below half an image round to nothing. If that leaves test too small as a whole, add units up to
  // one image per stratum beyond its share.
  for (const unit of units) {
    const fits = [...unit.strata].every(
      ([stratum, count]) =>
        (taken.get(stratum) ?? 0) + count <= Math.ceil((targets.get(stratum) ?? 0) - 1e-9),
    );
    const room = size + unit.indices.length <= total * fraction + 0.5;
    if (!chosen.has(unit) && fits && room) take(unit);
  }
  return fillEmptySide(units, chosen);
}

/** Number of test images wanted for each stratum. */
function targetsOf(units: readonly Unit[], fraction: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { strata } of units) {
    for (const [stratum, count] of strata) {
      counts.set(stratum, (counts.get(stratum) ?? 0) + count);
    }
  }
  return new Map([...counts].map(([stratum, count]) => [stratum, count * fraction]));
}

/** Decrease of the strata's squared distance from their targets if the unit is added, in squared images. */
function gain(
  { strata }: Unit,
  targets: ReadonlyMap<string, number>,
  taken: ReadonlyMap<string, number>,
): number {
  let sum = 0;
  for (const [stratum, count] of strata) {
    const open = (targets.get(stratum) ?? 0) - (taken.get(stratum) ?? 0);
    sum += open ** 2 - (open - count) ** 2;
  }
  return sum;
}

/** Moves the smallest unit (they come largest first) to the side that would otherwise be empty. */
function fillEmptySide(units: readonly Unit[], chosen: ReadonlySet<Unit>): Unit[] {
  const smallest = units.at(-1);
  if (smallest === undefined || units.length < 2) return [];
  if (chosen.size === 0) return [smallest];
  const all = chosen.size === units.length;
  return units.filter((unit) => chosen.has(unit) && !(all && unit === smallest));
}
