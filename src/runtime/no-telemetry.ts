/**
 * ONNX Runtime's Linux package gathers usage data unless this is set when its library is loaded. Nothing
 * leaves the machine, and nothing is written to the home folder either: import this module first.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
