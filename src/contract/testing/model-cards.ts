/** Facts of a model card that tests of both tasks need; each adds its classes, task and metrics. */
export const cardFacts = {
  format: 1,
  versions: { understudy: '0.1.0', onnxruntime: '1.30.0' },
  preprocessing: {
    imageSize: 8,
    channels: 3,
    framing: 'whole',
    preparation: { range: 'auto' },
    resampling: 'bicubic, antialiased',
    range: '[0, 1]',
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
  },
  teacher: { name: 'tiny', sha256: '', blocks: 2 },
  student: {
    blocks: [0],
    skip: 2,
    start: 'copy',
    rank: 1,
    steps: 1,
    seed: 0,
    weights: 'float32',
  },
};
