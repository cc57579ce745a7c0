import { graphics } from 'systeminformation';

/** A GPU under the system's name for it. */
export interface Gpu {
  readonly name: string;
  /** Dedicated memory in bytes; null if unknown, or if the GPU shares the processor's memory as needed. */
  readonly memoryBytes: number | null;
}

/** Display-only controllers of servers and virtual machines, which cannot compute. */
const drawsOnly = /aspeed|matrox|cirrus|bochs|vmware|virtualbox|qxl|virtio/i;

/** Finds the GPU with the most dedicated memory; undefined if there is none; never fails. */
export async function findGpu(): Promise<Gpu | undefined> {
  try {
    const { controllers } = await graphics();
    const [largest] = controllers
      .filter(({ vendor, model }) => model !== '' && !drawsOnly.test(`${vendor} ${model}`))
      .map(({ model, vram, vramDynamic, memoryTotal }) => ({
        name: model,
        megabytes: memoryTotal ?? (vramDynamic ? 0 : (vram ?? 0)),
      }))
      .sort((a, b) => b.megabytes - a.megabytes);
    if (!largest) return undefined;
    const { name, megabytes } = largest;
    return { name, memoryBytes: megabytes > 0 ? megabytes * 2 ** 20 : null };
  } catch {
    return undefined;
  }
}
