import { styleText } from 'node:util';
import { isTerminal, type Output, type Environment } from './environment.ts';

/** Colours by role. */
export interface TextStyles {
  strong(text: string): string;
  quiet(text: string): string;
  attention(text: string): string;
}

type Style = Parameters<typeof styleText>[0];

/** Colours on a terminal; none elsewhere, or if NO_COLOR is set (no-color.org). */
export function stylesFor(output: Output, env: Environment['env']): TextStyles {
  const coloured = isTerminal(output, env) && (env.NO_COLOR ?? '') === '';
  const painter =
    (style: Style) =>
    (text: string): string =>
      coloured ? styleText(style, text, { validateStream: false }) : text;
  return { strong: painter('bold'), quiet: painter('dim'), attention: painter('yellow') };
}
