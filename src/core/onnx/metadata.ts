import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from './onnx_pb.js';
import type { ModelProto } from './onnx_pb.js';

/**
 * Parses a serialised ONNX model.
 *
 * @throws when the bytes are no ONNX model
 */
export function parseOnnx(bytes: Uint8Array): ModelProto {
  const model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  // Empty or cut bytes can be a valid message of which everything is left out.
  if (!model.graph) throw new Error('the bytes are no ONNX model: they hold no graph');
  return model;
}

/** The `metadata_props` of a model. */
export function onnxMetadata({ metadataProps }: ModelProto): ReadonlyMap<string, string> {
  return new Map(metadataProps.map(({ key, value }) => [key, value]));
}
