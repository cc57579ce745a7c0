import { cpus } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { timeDevice } from '../../src/engine/device-choice/list-devices.ts';
import { undisturbed } from '../../src/engine/devices/cpu-contention.ts';
import { machineKey } from '../../src/engine/speed/estimates.ts';
import { machineSpeed } from '../../src/engine/speed/speed.ts';
import { OpenServices } from '../support/open-services.ts';
import { addTinyTeacher } from '../support/tiny-project.ts';
import { temporaryFolder, writeTinyTeacher } from './support.ts';

/** Uses all processors until the test ends. */
function keepBusy(): void {
  const busy = cpus().map(() => new Worker('for (;;);', { eval: true }));
  onTestFinished(async () => {
    await Promise.all(busy.map((thread) => thread.terminate()));
  });
}

it('a measurement next to other work is used at once, but not kept for ever', async () => {
  const folder = await temporaryFolder();
  await writeTinyTeacher(join(folder, 'teacher.safetensors'));
  const engine = await OpenServices.open(join(folder, 'workspace'));
  const teacher = await addTinyTeacher(engine, folder);
  const { id: project } = await engine.call('project.create', {
    name: 'Colours',
    domain: 'other',
    task: 'single',
  });
  await engine.call('project.update', { project, settings: { teacher, rank: 2 } });
  onTestFinished(() => engine.close());
  keepBusy();

  const students = await engine.call('teacher.estimate', { project, teacher });
  for (const { seconds } of students) expect(seconds).toBeGreaterThan(0);
  expect(
    engine.store.teachers.estimate(machineSpeed, teacher, machineKey({ rank: 2 })),
  ).toBeUndefined();
  // Measured again, it would differ in the last bits.
  expect(await engine.call('teacher.estimate', { project, teacher })).toEqual(students);
});

it('a trial for the command line records how much of the processor was free', async () => {
  const folder = await temporaryFolder();
  const teacher = join(folder, 'teacher.safetensors');
  await writeTinyTeacher(teacher);
  keepBusy();
  const student = { blocks: [0], rank: 2, batch: 8, precision: 'float32', imageSize: 16 } as const;
  const outcome = await timeDevice({ teacher, device: 'cpu', threads: cpus().length, ...student });
  if ('missing' in outcome) throw new Error(outcome.missing);
  expect(outcome.imagesPerSecond).toBeGreaterThan(0);
  expect(outcome.free).toBeLessThan(undisturbed);
});
