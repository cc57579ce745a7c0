import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

const events = z.array(
  z.looseObject({
    name: z.string(),
    cat: z.string().optional(),
    ts: z.number(),
    dur: z.number().optional(),
    args: z.looseObject({ op_name: z.string().optional() }).optional(),
  }),
);

/** Time of one run, in milliseconds by ONNX operator. */
export interface RunProfile {
  readonly total: number;
  readonly byOperator: ReadonlyMap<string, number>;
}

const products = new Set(['MatMul', 'FusedMatMul', 'Gemm', 'FusedGemm']);

/** Returns the share of a run's time that is not spent in matrix products. */
export function shareOutsideProducts({ total, byOperator }: RunProfile): number {
  let inside = 0;
  for (const [operator, time] of byOperator) if (products.has(operator)) inside += time;
  return 1 - inside / total;
}

/** Reads and removes the profile that ONNX Runtime wrote under a prefix; the fastest run counts. */
export function readProfile(prefix: string): RunProfile {
  const name = readdirSync(dirname(prefix)).find((file) => file.startsWith(basename(prefix)));
  if (name === undefined) throw new Error(`no profile begins with ${prefix}`);
  const file = join(dirname(prefix), name);
  const list = events.parse(JSON.parse(readFileSync(file, 'utf8')));
  rmSync(file);
  const runs = list.filter((event) => event.name === 'model_run');
  const best = runs.reduce((a, b) => ((a.dur ?? Infinity) <= (b.dur ?? Infinity) ? a : b));
  const byOperator = new Map<string, number>();
  for (const { cat, name: event, ts, dur = 0, args } of list) {
    const inside = ts >= best.ts && ts <= best.ts + (best.dur ?? 0);
    if (cat !== 'Node' || !event.endsWith('_kernel_time') || !inside || !args?.op_name) continue;
    byOperator.set(args.op_name, (byOperator.get(args.op_name) ?? 0) + dur / 1000);
  }
  return { total: (best.dur ?? NaN) / 1000, byOperator };
}
