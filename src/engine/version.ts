import { env } from 'onnxruntime-node';
import packageJson from '../../package.json' with { type: 'json' };

/** Of this program. */
export const version: string = packageJson.version;

/** Of ONNX Runtime. */
export const runtimeVersion: string = env.versions.node ?? env.versions.common;
