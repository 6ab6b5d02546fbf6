/**
 * ONNX Runtime (since 1.30, on Linux) keeps an id of the machine and events of its use in the user's cache, and sends them to its
 * maker. A unit tells nobody but headquarters anything. To be imported before `onnxruntime-node`, which reads this variable once.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
