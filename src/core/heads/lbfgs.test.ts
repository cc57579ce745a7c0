import { describe, expect, it } from 'vitest';
import { minimise, type Objective } from './lbfgs.ts';
import { searchLine } from './line-search.ts';

/** Σ 100·(x₂ᵢ₊₁ − x₂ᵢ²)² + (1 − x₂ᵢ)²: a curved valley with its floor at (1, 1, …). */
const rosenbrock: Objective = (point, gradient) => {
  let value = 0;
  for (let at = 0; at < point.length; at += 2) {
    const [x = 0, y = 0] = point.subarray(at, at + 2);
    value += 100 * (y - x * x) ** 2 + (1 - x) ** 2;
    gradient[at] = -400 * x * (y - x * x) - 2 * (1 - x);
    gradient[at + 1] = 200 * (y - x * x);
  }
  return value;
};

/** ½ Σ scaleᵢ · (xᵢ − targetᵢ)² */
function quadratic(scales: readonly number[], targets: readonly number[]): Objective {
  return (point, gradient) =>
    scales.reduce((value, scale, at) => {
      const distance = (point[at] ?? 0) - (targets[at] ?? 0);
      gradient[at] = scale * distance;
      return value + (scale * distance * distance) / 2;
    }, 0);
}

describe('minimise', () => {
  it.each([
    [[-1.2, 1], 60],
    [[-3, -4, 5, 5, 0, 0], 150],
  ])('follows the Rosenbrock valley from %j', async (start, most) => {
    const options = { gradientTolerance: 1e-9 };
    const result = await minimise(rosenbrock, Float64Array.from(start), options);
    expect(result.converged).toBe(true);
    expect(result.iterations).toBeLessThan(most);
    for (const value of result.point) expect(value).toBeCloseTo(1, 8);
  });

  it('solves quadratics, ill-conditioned ones too, and the same way each time', async () => {
    const objective = quadratic([1e-2, 1, 7, 50, 1e4], [3, -1, 2, 0.5, 9]);
    const solve = () => minimise(objective, new Float64Array(5), { gradientTolerance: 1e-8 });
    const result = await solve();
    expect(result.converged).toBe(true);
    expect(result.gradientNorm).toBeLessThanOrEqual(1e-8);
    for (const [at, target] of [3, -1, 2, 0.5, 9].entries()) {
      expect(result.point[at]).toBeCloseTo(target, 5);
    }
    expect(await solve()).toEqual(result);
  });

  it('reports when iterations ran out, and takes none if there is nothing to do', async () => {
    const start = Float64Array.of(-1.2, 1);
    const stopped = await minimise(rosenbrock, start, { maxIterations: 3 });
    expect(stopped).toMatchObject({ converged: false, iterations: 3 });
    expect([...start]).toEqual([-1.2, 1]);
    const done = await minimise(rosenbrock, Float64Array.of(1, 1));
    expect(done).toMatchObject({ converged: true, iterations: 0, value: 0 });
  });

  it('recovers from steps that leave the domain', async () => {
    // x − log x has its minimum at 1 and no value at x ≤ 0; the first steps from 20 overshoot.
    const barrier: Objective = ([x = NaN], gradient) => {
      gradient[0] = 50 * (1 - 1 / x);
      return 50 * (x - Math.log(x));
    };
    const result = await minimise(barrier, Float64Array.of(1e-3), { gradientTolerance: 1e-7 });
    expect(result.converged).toBe(true);
    expect(result.point[0]).toBeCloseTo(1, 7);
    await expect(minimise(barrier, Float64Array.of(-1))).rejects.toThrow(/value NaN/);
  });

  it('ends if a function is unbounded below or not smooth', async () => {
    const absolute: Objective = ([x = NaN], gradient) => {
      gradient[0] = Math.sign(x) || 1;
      return Math.abs(x);
    };
    expect(await minimise(absolute, Float64Array.of(0.3))).toMatchObject({ converged: false });
    const line: Objective = ([x = NaN], gradient) => {
      gradient[0] = -1;
      return -x;
    };
    expect((await minimise(line, Float64Array.of(0), { maxIterations: 5 })).converged).toBe(false);
  });

  it('stops when cancelled', async () => {
    let asked = 0;
    const beforeIteration = () => {
      asked += 1;
      if (asked === 4) throw new Error('enough');
    };
    const run = minimise(rosenbrock, Float64Array.of(-1.2, 1), { beforeIteration });
    await expect(run).rejects.toThrow('enough');
  });
});

describe('searchLine', () => {
  const start = (x: number, objective: Objective) => {
    const gradient = new Float64Array(1);
    const value = objective(Float64Array.of(x), gradient);
    return { point: Float64Array.of(x), value, gradient };
  };
  /** A well with ripples: many points are lower, few are flat enough. */
  const ripples: Objective = ([x = NaN], gradient) => {
    gradient[0] = x + 3 * Math.cos(5 * x);
    return x ** 2 / 2 + 0.6 * Math.sin(5 * x);
  };

  it.each([1e-4, 0.01, 0.3, 1, 7, 300])('meets the strong Wolfe conditions from %d', (length) => {
    const from = start(-6, ripples);
    const slope = (from.gradient[0] ?? NaN) * 1;
    const direction = Float64Array.of(-Math.sign(slope));
    const found = searchLine(ripples, from, direction, length);
    const distance = Math.abs((found?.point[0] ?? NaN) + 6);
    expect(found?.value).toBeLessThanOrEqual(from.value - 1e-4 * distance * Math.abs(slope));
    expect(Math.abs(found?.gradient[0] ?? NaN)).toBeLessThanOrEqual(0.9 * Math.abs(slope));
  });

  it.each([1.9, 3])('finds the minimum of a cubic with the first interpolation (%d)', (length) => {
    let evaluations = 0;
    const cubic: Objective = ([x = NaN], gradient) => {
      evaluations += 1;
      gradient[0] = 3 * x * x - 3;
      return x ** 3 - 3 * x;
    };
    const from = start(0, cubic);
    evaluations = 0;
    const found = searchLine(cubic, from, Float64Array.of(1), length);
    expect(found?.point[0]).toBeCloseTo(1, 12);
    expect(evaluations).toBe(2);
  });

  it('refuses a direction that climbs', () => {
    const from = start(2, quadratic([1], [0]));
    expect(searchLine(quadratic([1], [0]), from, Float64Array.of(1), 1)).toBeUndefined();
  });
});
