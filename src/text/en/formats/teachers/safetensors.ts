/** Messages about safetensors files. `tensor` is a name in quotation marks, unless the sentence has them. */
export const safetensorsText = {
  /** @param why one of the reasons below */
  invalid: (path: string, why: string) =>
    `${path} is not a valid safetensors file: ${why}. Copy or download it again.`,
  tooShort: (bytes: number) => `it has only ${bytes} bytes`,
  headerTooLong: (bytes: string) => `its header claims ${bytes} bytes`,
  headerPastEnd: (end: number, size: number) => `its header ends at byte ${end} of ${size}`,
  headerTooComplex: 'its header would take more memory than that of any known model',
  headerNotJson: 'its header is not JSON',
  headerNotAnObject: 'its header is not a JSON object',
  tooManyTensors: (limit: number) => `it lists more than ${limit} tensors`,
  metadataNotStrings: 'its metadata is not a set of named strings',
  incompleteEntry: (tensor: string) => `tensor ${tensor} has no valid type, shape or offsets`,
  otherLength: (tensor: string, { shape, type, bytes }: TensorExtent) =>
    `tensor ${tensor} is (${shape.join(', ')}) of ${type} but has ${bytes} bytes`,
  cutShort: (tensor: string, end: number, size: number) =>
    `it is cut short (tensor ${tensor} ends at byte ${end} of ${size})`,
  overlaps: (tensor: string) => `tensor ${tensor} overlaps another`,
  strayBytes: (start: number, end: number) => `bytes ${start} to ${end} do not belong to a tensor`,
  endedWhileRead: 'it ended while it was being read',

  unknownType: (path: string, tensor: string, type: string) =>
    `${path} holds tensor ${tensor} of the unknown type ${type}. Save it as float32.`,
  unreadableType: (path: string, tensor: string, type: string) =>
    `${path} holds tensor "${tensor}" as ${type}. Save it as F32, F16 or BF16.`,
  noTensor: (path: string, tensor: string) => `${path} has no tensor "${tensor}".`,
  lfsPointer: (path: string) =>
    `${path} is only a Git LFS pointer, not the large file that it replaces. Download the file itself with "git lfs pull".`,

  /** @param kind one of the kinds below */
  otherFormat: (path: string, kind: string) =>
    `${path} is ${kind}, which cannot be read as safetensors. Save the model as safetensors, for instance with "safetensors.torch.save_file".`,
  zip: 'a PyTorch checkpoint or another zip archive',
  pickle: 'a PyTorch checkpoint in the old pickle format',
  hdf5: 'an HDF5 file, as Keras writes them',
  gzip: 'a gzip archive',
};

interface TensorExtent {
  readonly shape: readonly number[];
  readonly type: string;
  readonly bytes: number;
}
