/**
 * The attributes that are read, by their keywords (PS3.6). Everything else in a file is skipped and never enters memory
 * as a value. The patient's name and date of birth leave the reader only as a digest.
 *
 * `xs` stands for "US or SS": in an implicit file the choice depends on the pixels' sign.
 */
const table = {
  // File meta information and identity.
  TransferSyntaxUID: [0x00020010, 'UI'],
  MediaStorageSOPClassUID: [0x00020002, 'UI'],
  SpecificCharacterSet: [0x00080005, 'CS'],
  SOPClassUID: [0x00080016, 'UI'],
  Modality: [0x00080060, 'CS'],
  PatientName: [0x00100010, 'PN'],
  PatientID: [0x00100020, 'LO'],
  PatientBirthDate: [0x00100030, 'DA'],
  StudyInstanceUID: [0x0020000d, 'UI'],
  SeriesInstanceUID: [0x0020000e, 'UI'],
  InstanceNumber: [0x00200013, 'IS'],
  // Time between frames (C.7.6.5).
  CineRate: [0x00180040, 'IS'],
  FrameTime: [0x00181063, 'DS'],
  FrameTimeVector: [0x00181065, 'DS'],
  // Geometry.
  SliceThickness: [0x00180050, 'DS'],
  SpacingBetweenSlices: [0x00180088, 'DS'],
  ImagePositionPatient: [0x00200032, 'DS'],
  ImageOrientationPatient: [0x00200037, 'DS'],
  ImagerPixelSpacing: [0x00181164, 'DS'],
  NominalScannedPixelSpacing: [0x00182010, 'DS'],
  PixelSpacing: [0x00280030, 'DS'],
  DimensionOrganizationType: [0x00209311, 'CS'],
  TotalPixelMatrixColumns: [0x00480006, 'UL'],
  TotalPixelMatrixRows: [0x00480007, 'UL'],
  // Functional groups of enhanced multi-frame images (PS3.3 C.7.6.16).
  SharedFunctionalGroupsSequence: [0x52009229, 'SQ'],
  PerFrameFunctionalGroupsSequence: [0x52009230, 'SQ'],
  PixelMeasuresSequence: [0x00289110, 'SQ'],
  PlanePositionSequence: [0x00209113, 'SQ'],
  PlaneOrientationSequence: [0x00209116, 'SQ'],
  PixelValueTransformationSequence: [0x00289145, 'SQ'],
  FrameVOILUTSequence: [0x00289132, 'SQ'],
  // Segmentations (A.51, C.8.20) and what they refer to.
  SOPInstanceUID: [0x00080018, 'UI'],
  FrameOfReferenceUID: [0x00200052, 'UI'],
  ReferencedSeriesSequence: [0x00081115, 'SQ'],
  ReferencedInstanceSequence: [0x0008114a, 'SQ'],
  ReferencedSOPInstanceUID: [0x00081155, 'UI'],
  ReferencedFrameNumber: [0x00081160, 'IS'],
  SourceImageSequence: [0x00082112, 'SQ'],
  DerivationImageSequence: [0x00089124, 'SQ'],
  SegmentationType: [0x00620001, 'CS'],
  SegmentSequence: [0x00620002, 'SQ'],
  SegmentNumber: [0x00620004, 'US'],
  SegmentLabel: [0x00620005, 'LO'],
  SegmentDescription: [0x00620006, 'ST'],
  SegmentIdentificationSequence: [0x0062000a, 'SQ'],
  ReferencedSegmentNumber: [0x0062000b, 'US'],
  RecommendedDisplayCIELabValue: [0x0062000d, 'US'],
  MaximumFractionalValue: [0x0062000e, 'US'],
  // Image pixel module (C.7.6.3).
  SamplesPerPixel: [0x00280002, 'US'],
  PhotometricInterpretation: [0x00280004, 'CS'],
  PlanarConfiguration: [0x00280006, 'US'],
  NumberOfFrames: [0x00280008, 'IS'],
  Rows: [0x00280010, 'US'],
  Columns: [0x00280011, 'US'],
  BitsAllocated: [0x00280100, 'US'],
  BitsStored: [0x00280101, 'US'],
  HighBit: [0x00280102, 'US'],
  PixelRepresentation: [0x00280103, 'US'],
  PixelPaddingValue: [0x00280120, 'xs'],
  PixelPaddingRangeLimit: [0x00280121, 'xs'],
  RedPaletteColorLookupTableDescriptor: [0x00281101, 'xs'],
  GreenPaletteColorLookupTableDescriptor: [0x00281102, 'xs'],
  BluePaletteColorLookupTableDescriptor: [0x00281103, 'xs'],
  RedPaletteColorLookupTableData: [0x00281201, 'OW'],
  GreenPaletteColorLookupTableData: [0x00281202, 'OW'],
  BluePaletteColorLookupTableData: [0x00281203, 'OW'],
  SegmentedRedPaletteColorLookupTableData: [0x00281221, 'OW'],
  SegmentedGreenPaletteColorLookupTableData: [0x00281222, 'OW'],
  SegmentedBluePaletteColorLookupTableData: [0x00281223, 'OW'],
  PixelDataProviderURL: [0x00287fe0, 'UR'],
  // Modality and VOI (C.11.1, C.11.2).
  WindowCenter: [0x00281050, 'DS'],
  WindowWidth: [0x00281051, 'DS'],
  RescaleIntercept: [0x00281052, 'DS'],
  RescaleSlope: [0x00281053, 'DS'],
  WindowCenterWidthExplanation: [0x00281055, 'LO'],
  VOILUTFunction: [0x00281056, 'CS'],
  ModalityLUTSequence: [0x00283000, 'SQ'],
  LUTDescriptor: [0x00283002, 'xs'],
  LUTData: [0x00283006, 'OW'],
  VOILUTSequence: [0x00283010, 'SQ'],
  DoseGridScaling: [0x3004000e, 'DS'],
  // Previous lossy compression (C.7.6.1.1.5).
  LossyImageCompression: [0x00282110, 'CS'],
  LossyImageCompressionRatio: [0x00282112, 'DS'],
  LossyImageCompressionMethod: [0x00282114, 'CS'],
  // Pixels.
  ExtendedOffsetTable: [0x7fe00001, 'OV'],
  ExtendedOffsetTableLengths: [0x7fe00002, 'OV'],
  FloatPixelData: [0x7fe00008, 'OF'],
  DoubleFloatPixelData: [0x7fe00009, 'OD'],
  PixelData: [0x7fe00010, 'OW'],
} as const satisfies Record<string, readonly [tag: number, vr: string]>;

export type Keyword = keyof typeof table;
export type PixelKeyword = 'PixelData' | 'FloatPixelData' | 'DoubleFloatPixelData';

interface Attribute {
  readonly keyword: Keyword;
  /** Returns the value representation in the dictionary. */
  readonly vr: string;
}

const byTag = new Map<number, Attribute>(
  Object.entries(table).map(([keyword, [tag, vr]]) => [tag, { keyword: keyword as Keyword, vr }]),
);

/** @param tag group · 65536 + element */
export function attributeOf(tag: number): Attribute | undefined {
  return byTag.get(tag);
}

/** The dictionary's value representation. */
export function dictionaryVr(keyword: Keyword): string {
  return table[keyword][1];
}

export function isPixelKeyword(keyword: Keyword): keyword is PixelKeyword {
  return ['PixelData', 'FloatPixelData', 'DoubleFloatPixelData'].includes(keyword);
}
