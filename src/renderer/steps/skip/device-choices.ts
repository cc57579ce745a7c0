import type { DeviceOption } from '../../../contract/app.ts';
import type { DeviceChoice } from '../../../contract/jobs.ts';
import { roughDuration, rounded } from '../../lib/format.ts';
import { deviceText as text } from '../../text/en/devices.ts';

export interface DeviceLine {
  readonly value: DeviceChoice;
  readonly title: string;
}

/**
 * Choices of device: automatic, and each usable device with its estimated run time. Empty if there is nothing to
 * choose: one device is usable, and the chosen one is not missing.
 */
export function deviceChoices(
  options: readonly DeviceOption[],
  setting: DeviceChoice,
): readonly DeviceLine[] {
  const shown = options.filter(({ name, missing }) => missing === null || name === setting);
  if (shown.length < 2) return [];
  const [fastest] = shown
    .flatMap(({ name, seconds }) => (seconds === null ? [] : [{ name, seconds }]))
    .sort((a, b) => a.seconds - b.seconds);
  const automatic = fastest ? text.automaticOn(text.names[fastest.name]) : text.automatic;
  return [
    { value: 'auto', title: automatic },
    ...shown.map(({ name, seconds }) => ({
      value: name,
      title: seconds === null ? text.names[name] : `${text.names[name]}, ${roughDuration(seconds)}`,
    })),
  ];
}

/** Known facts about a device: `NVIDIA H100, 80 GB, 812 images per second`. */
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
