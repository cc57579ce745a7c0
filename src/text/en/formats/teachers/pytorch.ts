const saveAlone =
  'open it in Python and save the model\'s state_dict alone, with "torch.save" or "safetensors.torch.save_file".';
const saveWeights = saveAlone.replace(/^o/, 'O');
const saveSeparately = "Save the model's state_dict in a separate file.";
const saveThere = 'Save it as safetensors there.';

/** Messages about PyTorch checkpoints: archives and pickles. */
export const pytorchText = {
  archive: "PyTorch's archive",
  oldPickle: "PyTorch's old pickle format",

  /** @param why one of the reasons below, or of `pickleText` */
  invalid: (path: string, why: string) =>
    `${path} is not a valid PyTorch checkpoint: ${why}. Copy or download it again.`,
  entryMissing: (entry: string) => `it has no ${entry}`,
  entryRepeated: (entry: string) => `it has ${entry} twice`,
  entryOverlaps: (entry: string) =>
    `its entry ${entry} overlaps another entry or the end of the archive`,
  entryOfOtherLength: (entry: string, found: number, required: number) =>
    `its entry ${entry} has ${found} bytes instead of ${required}`,
  /** @param details of the library */
  archiveDamaged: (details: string) => `its ZIP archive is damaged (${details})`,
  tensorRepeated: (tensor: string) => `two of its tensors are called ${tensor}`,
  unknownVersion: 'its version is not one that PyTorch writes',
  noMachine: 'it does not describe the machine that wrote it',
  noStorages: 'it does not list its storages',
  storageMissing: (storage: string) => `it has no storage ${storage}`,
  storageRepeated: 'it lists a storage twice, or one that it does not need',
  storageOfTwoTypes: (storage: string) => `storage ${storage} is listed with two types or lengths`,
  storageOfOtherLength: (storage: string, found: bigint, required: number) =>
    `storage ${storage} has ${found.toString()} instead of ${required} elements`,
  cutShort: (size: number, end: number) => `it is cut short (it ends at byte ${size} of ${end})`,
  cutBeforeStorages: 'it is cut short before the last of its storages',

  noTensor: (path: string, tensor: string) => `${path} has no tensor "${tensor}".`,
  noNamedTensors: (path: string) =>
    `${path} holds no named tensors. Choose the file with the model's state_dict.`,
  onlyOptimiser: (path: string) =>
    `${path} holds only the state of an optimiser, not the weights of a model. Choose the file with the model's state_dict.`,
  otherPickle: (path: string) =>
    `${path} is a Python pickle, but not a PyTorch checkpoint. ${saveWeights}`,
  numpyArchive: (path: string) =>
    `${path} is an archive of NumPy arrays. Choose a file written by "torch.save" or safetensors.`,
  otherArchive: (path: string, firstEntry: string) =>
    `${path} is a ZIP archive, but not a PyTorch checkpoint; it begins with ${firstEntry}. Choose a file written by "torch.save" or safetensors.`,
  nothing: 'nothing',
  encrypted: (path: string, entry: string) =>
    `${entry} in ${path} is encrypted, but PyTorch stores entries without compression or encryption. ${saveWeights}`,
  compressed: (path: string, entry: string) =>
    `${entry} in ${path} is compressed, but PyTorch stores entries without compression or encryption. ${saveWeights}`,
  bigEndian: (path: string) => `${path} was written on a big-endian machine. ${saveThere}`,
  otherByteOrder: (path: string, order: string) =>
    `${path} was written on a big-endian machine (${order}). ${saveThere}`,

  tooManyFiles: (path: string, files: number) =>
    `${path} holds ${files} files, more than any known checkpoint. ${saveSeparately}`,
  entryTooLong: (path: string, entry: string, bytes: number) =>
    `${entry} in ${path} has ${bytes} bytes, more than in any known checkpoint. ${saveSeparately}`,
  tooDeep: (path: string) =>
    `${path} nests more values than any known checkpoint. ${saveSeparately}`,
  descriptionTooLarge: (path: string) =>
    `The description of the tensors in ${path} is larger than that of any known checkpoint. ${saveSeparately}`,
  viewTooLarge: (tensor: string, values: number, span: number) =>
    `Tensor ${tensor} is a view of ${values} values spread over ${span} in an order that needs too much memory to read. Call ".contiguous()" on it before saving.`,
};

/** Messages about the pickles in PyTorch checkpoints. The first ones are reasons of `pytorchText.invalid`. */
export const pickleText = {
  cutShort: 'the description of its tensors is cut short',
  stringTooLong: (bytes: number) => `it holds a string of ${bytes} bytes; the limit is 1 MiB`,
  integerTooLong: (bytes: number, limit: number) =>
    `it holds an integer of ${bytes} bytes; the limit is ${limit}`,
  valueNeverStored: (index: number) => `it refers to value ${index}, which it never stored`,
  wrongIndex: 'its pickle refers to a value by an index that is not a whole number',
  addsToNo: (kind: string) => `it adds items to a value that is not a ${kind}`,
  wrongArguments: 'its pickle passes arguments that are not a tuple or list',
  setsOnNoDictionary: 'its pickle sets items on a value that is not a dictionary',
  unbalanced: 'its pickle leaves its stack unbalanced',
  keywordArguments: 'it creates an object from keyword arguments',
  callsNoFunction: 'its pickle calls a value that is not a class or function',
  otherEncoding: 'it encodes bytes in an encoding other than latin1',
  wrongBytes: 'it makes bytes from a value that is neither bytes nor text',
  namelessDevice: 'it has a device without a name',
  namelessNumpyType: 'it has a NumPy type without a name',
  nameNotText: 'its pickle has a name that is not text',
  wrongInteger: 'its pickle contains an invalid integer',
  newerProtocol: (protocol: number, highest: number) =>
    `its pickle has protocol ${protocol}, but the highest is ${highest}`,
  unknownOperation: (code: string) => `its pickle has the unknown operation ${code}`,
  notAStorage: 'it refers to an external object that is not a storage',
  misplacedStorage: 'it refers to a storage in a part that has no storages',
  partOutside: (storage: string) => `a part of storage ${storage} is outside the storage`,
  noStorage: 'it has a tensor without a storage',
  noStorageOrType: 'it has a tensor without a storage or a type',
  noSizes: 'it has a tensor without sizes',
  emptyParameter: 'it has a parameter without a tensor',
  otherStrides: (dimensions: number, strides: number) =>
    `a tensor has ${dimensions} dimensions but ${strides} strides`,
  beyondStorage: (shape: readonly number[]) =>
    `a tensor (${shape.join(', ')}) extends beyond its storage`,
  tooManyDimensions: (dimensions: number, limit: number) =>
    `it has a tensor of ${dimensions} dimensions; the limit is ${limit}`,
  wrongSize: 'a size or offset in it is not a whole number',

  refusedOperation: (path: string, code: string) =>
    `${path} uses the operation ${code} of Python's pickle, which PyTorch cannot read. ${saveWeights}`,
  deferredValues: (path: string, bit: string) =>
    `${path} holds a tensor whose values differ from the stored ones (its ${bit} bit is set). Call ".resolve_neg()" and ".resolve_conj()" on its tensors before saving.`,
  /** @param kind one of the kinds below */
  otherTensors: (path: string, kind: string, name: string) =>
    `${path} holds ${kind} tensors (${name}), which cannot be read. Save the model with plain tensors as float32, float16 or bfloat16.`,
  quantised: 'quantised',
  sparse: 'sparse',
  nested: 'nested',
  empty: 'empty ("meta")',
  otherClass: (path: string, name: string) =>
    `${path} holds an object of the Python class ${name}, which only its own program can create, so it was not opened. If you trust its source, ${saveAlone}`,
  otherFunction: (path: string, name: string) =>
    `${path} asks to run ${name}, which no checkpoint needs, so it was not opened. If you trust its source, ${saveAlone}`,
};
