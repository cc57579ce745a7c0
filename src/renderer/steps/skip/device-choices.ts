import type { DeviceOption } from '../../../contract/app.ts';
import type { DeviceChoice } from '../../../contract/jobs.ts';
import { roughDuration, rounded } from '../../lib/format.ts';
import { deviceText as text } from '../../text/en/devices.ts';

export interface DeviceLine {
  readonly value: DeviceChoice;
  readonly title: string;
}

/**
 * What a person can choose between: the machine's own choice, and each device that can be used, with the time that it
 * would take. Nothing where there is no choice: one device, and none that was chosen and is gone.
 */
export function deviceChoices(
  options: readonly DeviceOption[],
  asked: DeviceChoice,
): readonly DeviceLine[] {
  const shown = options.filter(({ name, missing }) => missing === null || name === asked);
  if (shown.length < 2) return [];
  const [fastest] = shown
    .filter(({ seconds }) => seconds !== null)
    .sort((a, b) => (a.seconds ?? 0) - (b.seconds ?? 0));
  const automatic = fastest ? text.automaticOn(text.names[fastest.name]) : text.automatic;
  return [
    { value: 'auto', title: automatic },
    ...shown.map(({ name, seconds }) => ({
      value: name,
      title: seconds === null ? text.names[name] : `${text.names[name]}, ${roughDuration(seconds)}`,
    })),
  ];
}

/** What a device is, as far as it is known: `NVIDIA H100, 80 GB, 812 images a second`. */
export function deviceFacts({
  description,
  memoryBytes,
  imagesPerSecond,
}: Pick<DeviceOption, 'description' | 'memoryBytes' | 'imagesPerSecond'>): string {
  return [
    description,
    ...(memoryBytes === null ? [] : [text.memory(rounded(memoryBytes / 1e9))]),
    ...(imagesPerSecond === null ? [] : [text.speed(rounded(imagesPerSecond))]),
  ].join(', ');
}
