import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceName } from '../../src/contract/jobs.ts';
import type { DistillSummary } from '../../src/contract/results.ts';
import { distill } from '../../src/engine/jobs/distill.ts';
import { outlineFolder, outlineRequest } from '../engine/outlined-folder.ts';
import {
  temporaryFolder,
  tinyRequest,
  watch,
  writeImages,
  writeTinyTeacher,
} from '../engine/support.ts';
import type { Watched } from '../engine/support.ts';
import { difference } from '../support/values.ts';
import { webgpuMissing } from './executors.ts';

const reason = webgpuMissing === undefined ? '' : ` (skipped: ${webgpuMissing})`;

interface Done {
  readonly summary: DistillSummary;
  readonly losses: readonly number[];
}

function lossesOf({ events }: Watched): number[] {
  return events.flatMap((event) =>
    event.type === 'progress' && event.loss !== undefined ? [event.loss] : [],
  );
}

describe.skipIf(webgpuMissing !== undefined)(
  `a whole distillation on WebGPU${reason}`,
  async () => {
    const folder = await temporaryFolder();
    const run = async (device: DeviceName): Promise<Done> => {
      const context = watch();
      const recipe = { start: 'fitted', steps: 8, device, out: join(folder, device) } as const;
      const summary = await distill(tinyRequest(folder, recipe), context);
      return { summary, losses: lossesOf(context) };
    };
    beforeAll(async () => {
      await writeTinyTeacher(join(folder, 'teacher.safetensors'));
      await writeImages(join(folder, 'train'), 6, 1);
      await writeImages(join(folder, 'test'), 4, 2);
    });

    it('trains the same student as on the processor, and exports files that agree', async () => {
      const [cpu, gpu] = [await run('cpu'), await run('webgpu')];
      expect(cpu.losses).toHaveLength(8);
      const [first = NaN, expected = NaN] = [gpu.losses[0], cpu.losses[0]];
      expect(Math.abs(first / expected - 1)).toBeLessThan(1e-5);
      expect(difference(gpu.losses, cpu.losses)).toBeLessThan(1e-3);
      expect(gpu.summary.parity[0]?.relativeDifference).toBeLessThan(1e-3);
      expect(gpu.summary.student).toMatchObject({ accuracy: { value: 1 } });
    });
  },
);

describe.skipIf(webgpuMissing !== undefined)(`segmentation on WebGPU${reason}`, async () => {
  // A software GPU takes seconds per image.
  const folder = await outlineFolder({ train: 4, test: 2 });

  it('trains the same segmentation student as on the processor, with fine-tuned adapters', async () => {
    const run = async (device: DeviceName): Promise<number[]> => {
      const context = watch();
      const short = { start: 'copy', steps: 2, decoderSteps: 2, adapt: true } as const;
      await distill(
        outlineRequest(folder, { ...short, device, out: join(folder, device) }),
        context,
      );
      return lossesOf(context);
    };
    const cpu = await run('cpu');
    // Distilling, three decoders, and the fine-tuning of one of them with its adapters.
    expect(cpu.length).toBeGreaterThan(2 + 3 * 2);
    expect(difference(await run('webgpu'), cpu)).toBeLessThan(1e-3);
  });
});

it.skipIf(webgpuMissing !== undefined)(
  `a GPU without float16 leaves a float16 run to the processor, in float32${reason}`,
  async () => {
    const folder = await temporaryFolder();
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    await writeImages(join(folder, 'train'), 4, 1);
    await writeImages(join(folder, 'test'), 2, 2);
    const context = watch();
    const wish = { device: 'webgpu', precision: 'float16', steps: 2 } as const;
    expect((await distill(tinyRequest(folder, wish), context)).steps).toBe(2);
    const reasons = context.events.flatMap((event) =>
      event.type === 'device' ? [event.reason] : [],
    );
    expect(reasons).toEqual([null, expect.stringMatching(/does not support 16-bit numbers/)]);
    const messages = context.events.flatMap((event) =>
      event.type === 'notice' ? [event.message] : [],
    );
    expect(messages).toContain('cpu always uses float32; --precision is ignored.');
  },
);

it('a forced device that is missing is replaced by the processor, which the run reports', async () => {
  const folder = await temporaryFolder();
  await writeTinyTeacher(join(folder, 'teacher.safetensors'));
  await writeImages(join(folder, 'train'), 4, 1);
  await writeImages(join(folder, 'test'), 2, 2);
  const context = watch();
  const summary = await distill(tinyRequest(folder, { device: 'cuda' }), context);
  expect(summary.steps).toBe(12);
  expect(context.events.filter(({ type }) => type === 'device')).toEqual([
    { type: 'device', device: 'cuda', reason: null },
    {
      type: 'device',
      device: 'cpu',
      reason: expect.stringMatching(
        /needs an NVIDIA GPU .* The run continues on the processor/,
      ) as string,
    },
  ]);
});
