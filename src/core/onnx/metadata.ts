import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from './onnx_pb.js';

/**
 * The `metadata_props` of a serialised ONNX model.
 *
 * @throws when the bytes are no ONNX model
 */
export function readOnnxMetadata(bytes: Uint8Array): ReadonlyMap<string, string> {
  const model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  return new Map(model.metadataProps.map(({ key, value }) => [key, value]));
}
