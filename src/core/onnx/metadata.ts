import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from './onnx_pb.js';

/**
 * The `metadata_props` of a serialised ONNX model.
 *
 * @throws when the bytes are no ONNX model
 */
export function readOnnxMetadata(bytes: Uint8Array): ReadonlyMap<string, string> {
  const model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  // Empty or cut bytes can be a valid message of which everything is left out.
  if (!model.graph) throw new Error('the bytes are no ONNX model: they hold no graph');
  return new Map(model.metadataProps.map(({ key, value }) => [key, value]));
}
