import { expect, it } from 'vitest';
import type { DeviceName, Precision } from '../../../contract/jobs.ts';
import { addProject, newTeacher, settings } from '../../../store/testing/fixtures.ts';
import { temporaryStore } from '../../../store/testing/temporary-store.ts';
import type { MachineSpeed } from '../../speed/speed.ts';
import { machineKey } from '../../speed/estimates.ts';
import { TeacherService } from './teachers.ts';

const signal = new AbortController().signal;

/** Returns the speed of a computer with so many images per second in a step, whatever the student. */
function speedOf(imagesPerSecond: number): MachineSpeed {
  const time = { fixed: 1 / imagesPerSecond, block: 0 };
  return { step: time, inference: time, target: 1e-3, view: 1e-3 };
}

it.each<[DeviceName, Precision, number]>([
  ['webgpu', 'float32', 100],
  ['webgpu', 'float16', 200],
  ['cpu', 'float32', 10],
  // The processor always uses float32: no new measurement.
  ['cpu', 'float16', 10],
])('measures the speed of %s in %s separately', async (name, precision, expected) => {
  const store = temporaryStore();
  const teacher = store.teachers.upsert(newTeacher()).id;
  const { id } = addProject(store);
  const project = store.projects.update(id, { settings: { precision } });
  const keyOf = (device: DeviceName): string =>
    machineKey({ rank: settings.rank, device }, 'A card');
  store.teachers.saveEstimate(teacher, keyOf('cpu'), speedOf(10));
  store.teachers.saveEstimate(teacher, keyOf('webgpu'), speedOf(100));
  store.teachers.saveEstimate(teacher, `${keyOf('webgpu')}, float16`, speedOf(200));
  const service = new TeacherService(store);
  const device = { name, description: 'A card' };
  const { imagesPerSecond } = await service.estimate(teacher, project, device, signal);
  expect(imagesPerSecond(6)).toBeCloseTo(expected, 6);
});
