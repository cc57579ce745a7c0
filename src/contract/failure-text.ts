import { withoutEnd } from '../core/text/scan.ts';
import { commonText } from '../text/index.ts';

/**
 * Matches the start of a library's trace in a message: a line of a stack, or a location in the sources of a native
 * library ("/onnxruntime/core/framework/execution_frame.cc:173").
 */
const trace =
  /\n[ \t]{0,40}(?:at\s|#\d{1,9}\s|stack ?trace|traceback|0x[0-9a-f])|\s\S{0,300}\.(?:cc|cpp|cxx|hpp|rs|c|h):\d{1,9}\b/i;

/** Maximum length of a message from elsewhere, in characters. */
const longest = 300;

export interface SplitMessage {
  /** Sentence that the user sees first. */
  readonly message: string;
  /** The full text, if the message is only part of it: shown under “Details”. */
  readonly details: string | undefined;
}

/** Removes the trace of a library from a message. */
export function withoutTrace(text: string): SplitMessage {
  const at = text.search(trace);
  return at < 0 ? { message: text, details: undefined } : cut(text, at);
}

/**
 * Splits a message like `withoutTrace`, and keeps only the first line of a text not written for users, if that line
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
