/** Kinds of DICOM objects without an image. */
export const dicomKinds = {
  directory: 'directory (DICOMDIR)',
  structureSet: 'radiotherapy structure set',
  plan: 'radiotherapy plan',
  treatmentRecord: 'radiotherapy treatment record',
  radiotherapy: 'radiotherapy object',
  keyObjects: 'key object selection',
  report: 'structured report',
  waveform: 'waveform',
  presentation: 'presentation state',
  pdf: 'document (PDF)',
  cda: 'document (CDA)',
  model: 'three-dimensional model',
  surface: 'surface segmentation',
  tractography: 'tractography result',
  rawData: 'raw or registration data set',
  registration: 'registration data set',
  realWorldValues: 'real world value mapping',
  spectroscopy: 'spectroscopy data set',
  ophthalmic: 'ophthalmic measurement',
};

/** Codings of DICOM pixels that are not supported. */
export const dicomCodings = {
  jpegXl: 'JPEG XL',
  mpeg2: 'MPEG-2 video',
  mpeg4: 'MPEG-4 video',
  hevc: 'HEVC video',
  multiComponent: 'multi-component JPEG 2000',
  jpip: 'JPIP, which keeps the pixels on a server',
  deflatedFrames: 'deflated frames',
  retiredJpeg: 'a retired form of JPEG',
};
