import * as g from '../../core/graph/build.ts';
import type { Graph, Shape, Value } from '../../core/graph/ops.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { DeviceTensor, Executor, LoadedGraph, Results } from '../../runtime/executor.ts';

/** Tensors by name, such as `images`. */
export type Named<Name extends string, T> = Readonly<Record<Name, T>>;

/**
 * Splits tensors on a device along their first axis and joins them in another order without copying them to the
 * processor. Graphs have fixed sizes, so there is one graph per number of pieces.
 */
export class DevicePieces<Name extends string> {
  readonly #executor: Pick<Executor, 'load'>;
  /** Shapes of one piece, without the first axis. */
  readonly #shapes: Named<Name, Shape>;
  readonly #graphs = new Map<string, Promise<LoadedGraph>>();

  constructor(executor: Pick<Executor, 'load'>, shapes: Named<Name, Shape>) {
    this.#executor = executor;
    this.#shapes = shapes;
  }

  /** Copies a tensor to the device. */
  async upload(value: Tensor): Promise<DeviceTensor> {
    const graph = await this.#load(`upload ${value.shape.join()}`, () => sameOutputs(value.shape));
    return resultOf(await graph.run({ x: value }), 'y');
  }

  /** Splits into pieces with a first axis of 1; the caller still owns the whole. */
  async split(
    whole: Named<Name, DeviceTensor>,
    count: number,
  ): Promise<Named<Name, DeviceTensor>[]> {
    const graph = await this.#load(`apart ${count}`, () => {
      const outputs = this.#names().flatMap((name) => {
        const all = g.input(name, [count, ...this.#shapes[name]]);
        return range(count).map((i) => [pieceName(name, i), g.slice(all, 0, i, i + 1)] as const);
      });
      return new Map(outputs);
    });
    const results = await graph.run(whole);
    return range(count).map((i) => this.#collect((name) => resultOf(results, pieceName(name, i))));
  }

  /** Joins pieces in order; the caller still owns the pieces. */
  async join(
    pieces: readonly Named<Name, Tensor | DeviceTensor>[],
  ): Promise<Named<Name, DeviceTensor>> {
    const count = pieces.length;
    const graph = await this.#load(`join ${count}`, () => {
      const outputs = this.#names().map((name) => {
        const parts = range(count).map((i) =>
          g.input(pieceName(name, i), [1, ...this.#shapes[name]]),
        );
        return [`${name} joined`, g.concat(parts, 0)] as const;
      });
      return new Map(outputs);
    });
    const named = pieces.flatMap((piece, i) =>
      this.#names().map((name) => [pieceName(name, i), piece[name]] as const),
    );
    const results = await graph.run(Object.fromEntries(named));
    return this.#collect((name) => resultOf(results, `${name} joined`));
  }

  async dispose(): Promise<void> {
    const graphs = await Promise.all(this.#graphs.values());
    await Promise.all(graphs.map((graph) => graph.dispose()));
  }

  #names(): Name[] {
    return Object.keys(this.#shapes) as Name[];
  }

  #collect(of: (name: Name) => DeviceTensor): Named<Name, DeviceTensor> {
    const entries = this.#names().map((name) => [name, of(name)] as const);
    return Object.fromEntries(entries) as Record<Name, DeviceTensor>;
  }

  #load(name: string, outputs: () => ReadonlyMap<string, Value>): Promise<LoadedGraph> {
    const known = this.#graphs.get(name);
    if (known) return known;
    const graph: Graph = { name, outputs: outputs() };
    const loaded = this.#executor.load(graph);
    this.#graphs.set(name, loaded);
    return loaded;
  }
}

/** A tensor on the device. The graph that uploaded it has to live as long as the tensor. */
export interface Uploaded {
  readonly value: DeviceTensor;
  dispose(): Promise<void>;
}

export async function upload(
  executor: Pick<Executor, 'load'>,
  { shape, data }: Tensor,
): Promise<Uploaded> {
  const graph = await executor.load({ name: 'upload', outputs: sameOutputs(shape) });
  const value = resultOf(await graph.run({ x: { shape, data } }), 'y');
  return {
    value,
    dispose: async () => {
      value.dispose();
      await graph.dispose();
    },
  };
}

/** Outputs of the identity graph: `x` unchanged, as `y`. */
function sameOutputs(shape: Shape): ReadonlyMap<string, Value> {
  return new Map([['y', g.slice(g.input('x', shape), 0, 0, shape[0] ?? 0)]]);
}

function pieceName(name: string, index: number): string {
  return `${name} ${index}`;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function resultOf(results: Results, name: string): DeviceTensor {
  const value = results.get(name);
  if (!value) throw new Error(`no result ${name}`);
  return value;
}
