import { cpus } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { machineKey } from '../../src/engine/services/estimates.ts';
import { machineSpeed } from '../../src/engine/speed.ts';
import { OpenServices } from '../support/open-services.ts';
import { temporaryFolder, writeTinyTeacher } from './support.ts';

it('a measurement beside other work is used at once, and not kept for ever', async () => {
  const folder = await temporaryFolder();
  await writeTinyTeacher(join(folder, 'teacher.safetensors'));
  const engine = await OpenServices.open(join(folder, 'workspace'));
  const { id: teacher } = await engine.call('teacher.add', {
    file: join(folder, 'teacher.safetensors'),
  });
  const { id: project } = await engine.call('project.create', {
    name: 'Colours',
    domain: 'other',
    task: 'single',
  });
  await engine.call('project.update', { project, settings: { teacher, rank: 2 } });
  const busy = cpus().map(() => new Worker('for (;;);', { eval: true }));
  onTestFinished(async () => {
    await Promise.all(busy.map((thread) => thread.terminate()));
    await engine.close();
  });

  const students = await engine.call('teacher.estimate', { project, teacher });
  for (const { seconds } of students) expect(seconds).toBeGreaterThan(0);
  const machine = machineKey({ rank: 2 });
  expect(engine.store.teachers.estimate(machineSpeed, teacher, machine)).toBeUndefined();
  const start = performance.now();
  expect(await engine.call('teacher.estimate', { project, teacher })).toHaveLength(students.length);
  expect(performance.now() - start).toBeLessThan(1000);
});
