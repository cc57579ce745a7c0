import type { DeviceOption, ProjectSettings } from '../../../../contract/app.ts';
import { precisionOn } from '../../../../contract/jobs.ts';

/** True if a run could compute its products in 16 bits: on a device that is present and that the project may use. */
export function supportsFloat16(
  devices: readonly Pick<DeviceOption, 'name' | 'missing'>[],
  { device: setting }: Pick<ProjectSettings, 'device'>,
): boolean {
  return devices.some(
    ({ name, missing }) =>
      missing === null &&
      (setting === 'auto' || setting === name) &&
      precisionOn(name, 'float16') === 'float16',
  );
}
