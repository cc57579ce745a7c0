import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from './onnx_pb.js';
import type { ModelProto } from './onnx_pb.js';

/**
 * Parses a serialised ONNX model.
 *
 * @throws if the bytes are not an ONNX model
 */
export function parseOnnx(bytes: Uint8Array): ModelProto {
  const model = fromBinary(ModelProtoSchema, bytes);
  // Empty or truncated bytes can be a valid message without any fields.
  if (!model.graph) throw new Error('the bytes are not an ONNX model: they hold no graph');
  return model;
}

/** Reads the `metadata_props` of a model. */
export function onnxMetadata({ metadataProps }: ModelProto): ReadonlyMap<string, string> {
  return new Map(metadataProps.map(({ key, value }) => [key, value]));
}
