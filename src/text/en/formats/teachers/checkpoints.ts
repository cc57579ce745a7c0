/** Messages about choosing and opening a checkpoint, whatever its format. */
export const checkpointText = {
  /** @param kind and advice: texts of `fileKindText` */
  otherKind: (path: string, kind: string, advice: string) =>
    `${path} is ${kind}, not a supported checkpoint. ${advice}`,
  otherJson: (path: string) =>
    `${path} is a JSON file, but not the index of a checkpoint in several files. Choose the file with the weights.`,
  tensorFlowFolder: (folder: string) =>
    `${folder} is a TensorFlow model, not a supported checkpoint. Save the model as safetensors.`,
  noWeights: (folder: string, { found, expected }: FolderNames) =>
    `${folder} contains ${found.join(', ') || 'nothing'}, but none of ${expected.join(', ')}. Choose the file with the weights.`,

  /** @param containers their titles */
  severalFiles: (containers: readonly string[], files: number) =>
    `${containers.join(' and ')}, in ${files} files`,
  partMissing: (path: string, part: string) =>
    `${path} needs ${part} in the same folder, but that file is missing. Download all parts of the checkpoint into one folder.`,
  tooManyParts: (path: string, tensors: number, files: number) =>
    `${path} lists ${tensors} tensors in ${files} files, more than any known checkpoint. Check where it comes from.`,
  /** @param why one of the reasons below */
  invalidIndex: (path: string, why: string) =>
    `${path} is not a valid checkpoint index: ${why}. Download it and all its parts again.`,
  noWeightMap: 'it has no weight_map',
  noTensorsListed: 'it lists no tensors',
  tensorNotListed: (tensor: string) => `it does not list tensor ${tensor}`,
  tensorInOtherFolder: (part: string) =>
    `it places a tensor in ${part}, which is not a file of its folder`,
  tensorInNoFile: 'it does not give the file of a tensor as a name',
  tensorInTwoFiles: (tensor: string, first: string, second: string) =>
    `tensor ${tensor} is in both ${first} and ${second}`,
  tensorNotInFile: (tensor: string, part: string) => `tensor ${tensor} is not in ${part}`,

  unreadableMetadata: (path: string, key: string) =>
    `${path}: its description of the encoder (metadata ${key}) cannot be read. The file may have been changed by another program.`,

  /** @param why one of the reasons below, or a key with its fault */
  unusableConfiguration: (path: string, why: string) =>
    `${path} belongs to the checkpoint in its folder but cannot be used (${why}). Correct it, or move the checkpoint to a separate folder.`,
  notJson: 'it is not valid JSON',
  notAnObject: 'it is not a JSON object',
  tooLarge: 'it is larger than 4 MB',
};

/** Kinds of files that are not checkpoints, each after "is", and advice on them. */
export const fileKindText = {
  empty: 'an empty file',
  lfsPointer: 'only a Git LFS pointer, not the large file that it replaces',
  hdf5: 'an HDF5 file, as Keras writes them',
  gguf: 'a GGUF file, as llama.cpp reads them',
  ggml: 'a GGML file, as llama.cpp read them',
  numpy: 'a NumPy array',
  tensorFlowLite: 'a TensorFlow Lite model',
  gzip: 'a gzip archive',
  zstandard: 'a Zstandard archive',
  xz: 'an xz archive',
  tar: 'a tar archive',
  oldTar: 'a checkpoint in the tar format of PyTorch before 0.2',
  tensorFlowPart: 'a part of a TensorFlow checkpoint',
  onnx: 'an ONNX model',
  tensorFlow: 'a TensorFlow model',
  image: (format: string) => `an image file (${format})`,
  webPage: 'a web page',
  text: 'a text file',
  unknown: 'a file of unknown type',

  chooseAnother: 'Choose a PyTorch or safetensors checkpoint.',
  download: 'Download the file itself.',
  downloadWithLfs: 'Download the file itself with "git lfs pull".',
  convert: 'Save the model as safetensors.',
  unpack: 'Extract it and choose the checkpoint inside.',
  saveAgain: 'Load it in a current PyTorch and save it again.',
};

interface FolderNames {
  /** Some names of the folder's content. */
  readonly found: readonly string[];
  readonly expected: readonly string[];
}
