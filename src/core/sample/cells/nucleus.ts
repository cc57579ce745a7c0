import type { Random } from '../../random.ts';
import { chance, direction, pick, slightTurn, turn, type Vector } from '../drawing.ts';
import { capsule, circle, ellipse, smoothUnion, type SignedDistance, wobbled } from './shapes.ts';

/** Kinds of white cells, in class order. */
export const cellKinds = ['lymphocyte', 'monocyte', 'neutrophil', 'eosinophil'] as const;
export type CellKind = (typeof cellKinds)[number];

/** Creates the nucleus of a cell of radius `radius` at `centre`. */
export function makeNucleus(
  random: Random,
  kind: CellKind,
  centre: Vector,
  radius: number,
): SignedDistance {
  switch (kind) {
    case 'lymphocyte':
      return roundNucleus(random, centre, radius);
    case 'monocyte':
      return chance(random, 0.06)
        ? roundNucleus(random, centre, radius * 0.8)
        : bentNucleus(random, centre, radius, [0.38, 0.52]);
    case 'neutrophil':
      // One in twelve is young: a band, similar to a monocyte's kidney shape but thinner.
      return chance(random, 0.08)
        ? bentNucleus(random, centre, radius, [0.19, 0.26])
        : lobedNucleus(random, centre, radius, pick(random, [3, 3, 3, 4, 4, 4, 5]));
    case 'eosinophil':
      return lobedNucleus(random, centre, radius, pick(random, [2, 2, 2, 2, 2, 2, 3]));
  }
}

function roundNucleus(random: Random, centre: Vector, radius: number): SignedDistance {
  const away = direction(random);
  const shift = radius * random.uniform(0, 0.1);
  const middle = { x: centre.x + away.x * shift, y: centre.y + away.y * shift };
  const along = radius * random.uniform(0.78, 0.93);
  const round = ellipse(middle, direction(random), along, along * random.uniform(0.82, 1));
  return wobbled(random, round, radius * 0.8, radius * random.uniform(0.04, 0.14));
}

/** Creates a capsule bent into a bean, a kidney or a horseshoe; its half thickness is a share of the radius. */
function bentNucleus(
  random: Random,
  centre: Vector,
  radius: number,
  thickness: readonly [number, number],
): SignedDistance {
  const axis = direction(random);
  const bend = radius * random.uniform(0.35, 1.05);
  const length = radius * random.uniform(0.36, 0.5);
  const thick = radius * random.uniform(thickness[0], thickness[1]);
  const steps = 6;
  const parts = Array.from({ length: steps + 1 }, (_, step) => {
    const t = (2 * step) / steps - 1;
    return circle(place(centre, axis, t * length, bend * (t * t - 0.45)), thick);
  });
  const bean = smoothUnion(parts, radius * 0.2);
  return wobbled(random, bean, radius * 0.5, radius * random.uniform(0.04, 0.11));
}

/** Creates lobes on a bent string, joined by threads. */
function lobedNucleus(
  random: Random,
  centre: Vector,
  radius: number,
  count: number,
): SignedDistance {
  const size =
    radius * (count === 2 ? 0.38 : count === 3 ? 0.31 : 0.26) * random.uniform(0.88, 1.12);
  const reach = radius * (count === 2 ? 0.4 : 0.46) * random.uniform(0.9, 1.15);
  const start = direction(random);
  // A quarter to a third of a turn per lobe: a C of lobes, which the fifth may close.
  const stepTurn =
    count === 2 ? { x: -1, y: 0 } : count === 3 ? { x: -0.34, y: 0.94 } : { x: 0.26, y: 0.966 };
  const lobes: Vector[] = [];
  let towards = start;
  for (let lobe = 0; lobe < count; lobe++) {
    const far = reach * random.uniform(0.8, 1.15);
    lobes.push({ x: centre.x + towards.x * far, y: centre.y + towards.y * far });
    towards = turn(turn(towards, stepTurn), slightTurn(random, 25));
  }
  const bodies = lobes.map((lobe) =>
    ellipse(lobe, direction(random), size * random.uniform(1, 1.3), size * random.uniform(0.8, 1)),
  );
  const threads = lobes
    .slice(1)
    .map((lobe, index) => capsule(lobes[index] ?? lobe, lobe, radius * random.uniform(0.05, 0.13)));
  const string = smoothUnion([...bodies, ...threads], radius * random.uniform(0.06, 0.2));
  return wobbled(random, string, radius * 0.4, radius * 0.08);
}

function place(centre: Vector, axis: Vector, along: number, across: number): Vector {
  return {
    x: centre.x + along * axis.x - across * axis.y,
    y: centre.y + along * axis.y + across * axis.x,
  };
}
