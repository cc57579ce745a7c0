import { UserError } from '../../../core/errors.ts';
import type { Element } from './elements.ts';
import { depthOf, type SegFrame, type SegSource } from './seg-source.ts';
import { code, type Segment } from './segments.ts';
import { dicomExportText } from '../../../text/index.ts';

export const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';

/** Frame to write: a segment of a frame of the source. */
export interface SegFramePlan {
  readonly segment: number;
  /** Position along the normal of the slices, from 1. */
  readonly position: number;
  readonly frame: SegFrame;
}

/** Identifiers created for the file. */
export interface SegIdentity {
  readonly version: string;
  readonly now: Date;
  readonly instance: string;
  readonly newUid: () => string;
}

const tag = {
  segmentIdentification: 0x0062000a,
  segmentNumber: 0x0062000b,
  planePosition: 0x00209113,
  imagePosition: 0x00200032,
  frameContent: 0x00209111,
  inStackPosition: 0x00209057,
} as const;

/**
 * Returns all elements of a segmentation but its pixels (PS3.3, A.51.3: its modules one by one).
 *
 * @throws UserError 'unsupported' for a single slice of unknown thickness, which no reader would accept
 */
export function segDataSet(
  source: SegSource,
  segments: readonly Segment[],
  frames: readonly SegFramePlan[],
  identity: SegIdentity,
): Element[] {
  return [
    ...patientAndStudy(source),
    ...seriesAndEquipment(source, identity),
    ...imageModules(source, segments, frames.length, identity),
    ...dimensions(source, identity.newUid()),
    [0x52009229, 'SQ', [sharedGroups(source, frames)]],
    [0x52009230, 'SQ', frames.map((frame) => frameGroups(source, frame))],
    [0x00081115, 'SQ', [references(source, frames)]],
  ];
}

/** Patient (C.7.1.1) and General Study (C.7.2.1): elements that are required but may be empty are empty. */
function patientAndStudy({ study }: SegSource): Element[] {
  return [
    [0x00100010, 'PN', ''],
    [0x00100020, 'LO', ''],
    [0x00100030, 'DA', ''],
    [0x00100040, 'CS', ''],
    [0x00080020, 'DA', ''],
    [0x00080030, 'TM', ''],
    [0x00080050, 'SH', ''],
    [0x00080090, 'PN', ''],
    [0x00200010, 'SH', ''],
    [0x0020000d, 'UI', study],
  ];
}

/** Segmentation Series (C.8.20.1), Frame of Reference (C.7.4.1), Enhanced General Equipment (C.7.5.2). */
function seriesAndEquipment(
  { frameOfReference }: SegSource,
  { version, newUid }: SegIdentity,
): Element[] {
  const place: Element[] = [
    [0x00200052, 'UI', frameOfReference ?? ''],
    [0x00201040, 'LO', ''],
  ];
  return [
    [0x00080060, 'CS', 'SEG'],
    [0x0020000e, 'UI', newUid()],
    [0x00200011, 'IS', '1'],
    [0x0008103e, 'LO', 'Segmentation'],
    ...(frameOfReference === null ? [] : place),
    [0x00080070, 'LO', 'Understudy'],
    [0x00081090, 'LO', 'Understudy'],
    [0x00181000, 'LO', 'none'],
    [0x00181020, 'LO', version],
  ];
}

/** General Image, Image Pixel, Segmentation Image (C.8.20.2), Multi-frame, SOP Common. */
function imageModules(
  { rows, columns, lossy, orientation }: SegSource,
  segments: readonly Segment[],
  frames: number,
  { now, instance }: SegIdentity,
): Element[] {
  const [date, time] = now.toISOString().replaceAll(/[-:]/g, '').split(/[TZ]/);
  return [
    [0x00080005, 'CS', 'ISO_IR 192'],
    [0x00080008, 'CS', 'DERIVED\\PRIMARY'],
    [0x00080016, 'UI', segmentationStorage],
    [0x00080018, 'UI', instance],
    [0x00080023, 'DA', date ?? ''],
    [0x00080033, 'TM', time ?? ''],
    [0x00200013, 'IS', '1'],
    ...(orientation === null ? [[0x00200020, 'CS', ''] satisfies Element] : []),
    [0x00280002, 'US', [1]],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280008, 'IS', String(frames)],
    [0x00280010, 'US', [rows]],
    [0x00280011, 'US', [columns]],
    [0x00280100, 'US', [1]],
    [0x00280101, 'US', [1]],
    [0x00280102, 'US', [0]],
    [0x00280103, 'US', [0]],
    [0x00282110, 'CS', lossy === null ? '00' : '01'],
    ...(lossy === null ? [] : lossyElements(lossy)),
    [0x00620001, 'CS', 'BINARY'],
    [0x00620002, 'SQ', segments.map(({ entry }) => entry)],
    [0x00620013, 'CS', 'NO'],
    [0x00700080, 'CS', 'SEGMENTATION'],
    [0x00700081, 'LO', 'Classes of pixels'],
    [0x00700084, 'PN', ''],
  ];
}

function lossyElements({ ratios, methods }: NonNullable<SegSource['lossy']>): Element[] {
  return [
    ...(ratios.length > 0 ? [[0x00282112, 'DS', ratios.join('\\')] satisfies Element] : []),
    ...(methods.length > 0 ? [[0x00282114, 'CS', methods.join('\\')] satisfies Element] : []),
  ];
}

/** Multi-frame Dimension (C.7.6.17): frames go by segment, then along the slices. */
function dimensions({ frameOfReference }: SegSource, uid: string): Element[] {
  const second =
    frameOfReference === null
      ? [tag.inStackPosition, tag.frameContent, 'Frame of the source']
      : [tag.imagePosition, tag.planePosition, 'Position of the slice'];
  const all = [[tag.segmentNumber, tag.segmentIdentification, 'Segment'], second] as const;
  return [
    [0x00209221, 'SQ', [[[0x00209164, 'UI', uid]]]],
    [
      0x00209222,
      'SQ',
      all.map(([pointer, group, label]): readonly Element[] => [
        [0x00209164, 'UI', uid],
        [0x00209165, 'AT', [Number(pointer)]],
        [0x00209167, 'AT', [Number(group)]],
        [0x00209421, 'LO', String(label)],
      ]),
    ],
  ];
}

/**
 * Pixel Measures and Plane Orientation (C.7.6.16.2), the same for all frames. For an image without a
 * position, sizes are written only if all of them are known.
 */
function sharedGroups(source: SegSource, frames: readonly SegFramePlan[]): Element[] {
  const { spacing, orientation, sliceSpacing, frameOfReference } = source;
  const thickness = source.thickness ?? sliceSpacing ?? distanceOf(source, frames);
  if (frameOfReference !== null && thickness === null)
    throw new UserError('unsupported', dicomExportText.noThickness);
  const plane: Element = [0x00200037, 'DS', (orientation ?? []).join('\\')];
  return [
    ...(spacing === null || thickness === null
      ? []
      : [[0x00289110, 'SQ', [measuresOf(spacing, thickness, sliceSpacing)]] satisfies Element]),
    ...(orientation === null ? [] : [[0x00209116, 'SQ', [[plane]]] satisfies Element]),
  ];
}

function measuresOf(
  spacing: readonly string[],
  thickness: string,
  sliceSpacing: string | null,
): Element[] {
  return [
    [0x00180050, 'DS', thickness],
    ...(sliceSpacing === null ? [] : [[0x00180088, 'DS', sliceSpacing] satisfies Element]),
    [0x00280030, 'DS', spacing.join('\\')],
  ];
}

/** Returns the distance of the first two slices, mm; null if there are fewer. */
function distanceOf(source: SegSource, frames: readonly SegFramePlan[]): string | null {
  const [first, second] = [1, 2].map((at) => frames.find(({ position }) => position === at));
  if (first === undefined || second === undefined) return null;
  const distance = Math.abs(depthOf(source, second.frame) - depthOf(source, first.frame));
  return distance > 0 ? String(Number(distance.toPrecision(10))) : null;
}

/** Frame Content, Segment Identification, Derivation Image and Plane Position of one frame. */
function frameGroups(
  { frameOfReference }: SegSource,
  { segment, position, frame }: SegFramePlan,
): Element[] {
  const stack: Element[] = [
    [0x00209056, 'SH', '1'],
    [tag.inStackPosition, 'UL', [position]],
  ];
  const place: Element = [tag.imagePosition, 'DS', (frame.position ?? []).join('\\')];
  return [
    [
      tag.frameContent,
      'SQ',
      [[...(frameOfReference === null ? stack : []), [0x00209157, 'UL', [segment, position]]]],
    ],
    [tag.segmentIdentification, 'SQ', [[[tag.segmentNumber, 'US', [segment]]]]],
    [0x00089124, 'SQ', [derivation(frame)]],
    ...(frame.position === null ? [] : [[tag.planePosition, 'SQ', [[place]]] satisfies Element]),
  ];
}

function derivation({ sopClass, instance, number }: SegFrame): Element[] {
  const image: Element[] = [
    [0x00081150, 'UI', sopClass],
    [0x00081155, 'UI', instance],
    ...(number === null ? [] : [[0x00081160, 'IS', String(number)] satisfies Element]),
    // Pixel for pixel.
    [0x0028135a, 'CS', 'YES'],
    [0x0040a170, 'SQ', [code('121322', 'DCM', 'Source Image for Image Processing Operation')]],
  ];
  return [
    [0x00082112, 'SQ', [image]],
    [0x00089215, 'SQ', [code('113076', 'DCM', 'Segmentation')]],
  ];
}

/** Common Instance Reference (C.12.2): the source's instances, each once. */
function references({ series }: SegSource, frames: readonly SegFramePlan[]): Element[] {
  const instances = new Map(frames.map(({ frame }) => [frame.instance, frame.sopClass]));
  return [
    [0x0020000e, 'UI', series],
    [
      0x0008114a,
      'SQ',
      [...instances].map(([instance, sopClass]): readonly Element[] => [
        [0x00081150, 'UI', sopClass],
        [0x00081155, 'UI', instance],
      ]),
    ],
  ];
}
