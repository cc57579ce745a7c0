import { graphics } from 'systeminformation';

/** A GPU as the system names it. */
export interface Gpu {
  readonly name: string;
  /** Null where it is unknown, or is a part of the processor's that grows with need. */
  readonly memoryBytes: number | null;
}

/** Controllers that draw pictures and compute nothing: those of servers and virtual machines. */
const drawsOnly = /aspeed|matrox|cirrus|bochs|vmware|virtualbox|qxl|virtio/i;

/** The GPU with the most memory of its own, or none; never fails. */
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
