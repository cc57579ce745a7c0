import type { DeviceOption, ProjectSettings } from '../../../contract/app.ts';
import { precisionOn } from '../../../contract/jobs.ts';

/** Whether a run could take its products in 16 bits: on a device that is there, and that the project may use. */
export function hasHalfProducts(
  devices: readonly Pick<DeviceOption, 'name' | 'missing'>[],
  { device: asked }: Pick<ProjectSettings, 'device'>,
): boolean {
  return devices.some(
    ({ name, missing }) =>
      missing === null &&
      (asked === 'auto' || asked === name) &&
      precisionOn(name, 'float16') === 'float16',
  );
}
