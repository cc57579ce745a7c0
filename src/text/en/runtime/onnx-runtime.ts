/** Messages about computing with ONNX Runtime. */
export const onnxRuntimeText = {
  /** Requirements of each provider, shown when it cannot be used. */
  requirements: {
    webgpu:
      'WebGPU found no GPU here. It needs a GPU with a current driver: for Vulkan on Linux (including libvulkan.so.1), for Direct3D 12 on Windows.',
    cuda: 'CUDA cannot be used here. It needs an NVIDIA GPU with its driver, the CUDA and cuDNN libraries, and the CUDA part of ONNX Runtime, which is not installed with this app; WebGPU uses the same GPU without them.',
    dml: 'DirectML found no GPU here. It needs a GPU with a current driver for Direct3D 12.',
    coreml: 'Core ML cannot be used here.',
  },
  memoryTooSmall:
    'This computer does not have enough free memory. Close other programs, or choose a smaller teacher, input or batch.',
  noHalfPrecision: (provider: string) =>
    `The GPU or its driver does not support 16-bit numbers (${provider}, shader-f16). Choose float32.`,
  partUnsupported: (provider: string) =>
    `${provider} does not support a part of this model. Choose another device.`,
  failed: (provider: string) =>
    `The GPU failed while computing (${provider}): its memory may be too small or used by other programs, or its driver may have stopped.`,
};
