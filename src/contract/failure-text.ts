import { withoutEnd } from '../core/text/scan.ts';
import { commonText } from '../text/index.ts';

/**
 * Start of a library's trace in a message: a line of a stack, or a place in the sources of a native library
 * ("/onnxruntime/core/framework/execution_frame.cc:173").
 */
const trace =
  /\n[ \t]{0,40}(?:at\s|#\d{1,9}\s|stack ?trace|traceback|0x[0-9a-f])|\s\S{0,300}\.(?:cc|cpp|cxx|hpp|rs|c|h):\d{1,9}\b/i;

/** Characters of a message whose length nobody here has chosen. */
const longest = 300;

export interface SplitMessage {
  /** Sentence that a person sees first. */
  readonly message: string;
  /** The whole text, where the message is not all of it: for behind a fold. */
  readonly details: string | undefined;
}

/** Keeps the trace of a library out of a message. */
export function withoutTrace(text: string): SplitMessage {
  const at = text.search(trace);
  return at < 0 ? { message: text, details: undefined } : cut(text, at);
}

/**
 * Splits a message like `withoutTrace`, and keeps only the first line of a text not written for people, if that line
 * is short.
 */
export function firstLine(text: string): SplitMessage {
  const { message, details } = withoutTrace(text);
  const end = message.indexOf('\n');
  const line = end < 0 ? message : message.slice(0, end);
  if (line.length > longest) return { message: `${line.slice(0, longest).trim()}…`, details: text };
  return { message: line, details: line === message ? details : text };
}

function cut(text: string, at: number): SplitMessage {
  const message = withoutEnd(text.slice(0, at), /[\s:([{]/);
  return { message: message === '' ? commonText.unknownError : message, details: text };
}
