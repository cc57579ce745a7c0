/**
 * ONNX Runtime's Linux package collects usage data unless this is set when its library is loaded. With it nothing
 * leaves the machine, and nothing is written to the home folder either: import this module first.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
