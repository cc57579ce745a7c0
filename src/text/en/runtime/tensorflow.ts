/** Messages about computing with TensorFlow. */
export const tensorFlowText = {
  unusable: 'TensorFlow cannot be used here.',
  noGpu: (version: string, libraries: CudaLibraries | undefined) =>
    `TensorFlow ${version} found no GPU. ${gpuRequirements(libraries)}`,
  noBackend: (backend: string) => `TensorFlow.js has no backend "${backend}" here.`,
  bindingNotLoaded: (binding: string) =>
    `TensorFlow's binding in ${binding} cannot be loaded. ${gpuRequirements(undefined)}`,
  bindingOfOtherVersion: ({
    binding,
    version,
  }: {
    readonly binding: string;
    readonly version: string;
  }) =>
    `The binding in ${binding} does not match TensorFlow.js ${version}; install the binding of that version.`,
  /** @param searched folder that the user chose; undefined for none */
  bindingMissing: (searched: string | undefined, { variable }: { readonly variable: string }) =>
    `TensorFlow's binding for Node is ${searched ? `neither in ${searched} nor next to Understudy` : 'not installed'}. Install it in a separate folder, online or offline, and set ${variable} to the folder: docs/tensorflow.md has the commands. ${gpuRequirements(undefined)}`,
  failed:
    'TensorFlow failed while computing: the memory of its device may be too small or used by other programs, or its driver may have stopped.',
};

/** Versions of the libraries that a TensorFlow version needs. */
interface CudaLibraries {
  readonly cuda: string;
  readonly cudnn: string;
}

/** Requirements for computing on a GPU, in general if the version is unknown. */
function gpuRequirements(wanted: CudaLibraries | undefined): string {
  const libraries = wanted
    ? `CUDA ${wanted.cuda} and cuDNN ${wanted.cudnn}`
    : 'CUDA and cuDNN: 12.5 and 9.3 for TensorFlow 2.18 and later, 11.2 and 8.1 for the 2.9 that the install script fetches';
  return `To compute on a GPU it needs a library that was built with CUDA, an NVIDIA driver and ${libraries}.`;
}
